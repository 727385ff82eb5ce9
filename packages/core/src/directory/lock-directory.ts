import type { Transaction } from "@tocsin/db/client";

/** Keeps anyone's status and roles, and what roles allow, from changing until the transaction ends. */
export async function lockDirectory(tx: Transaction): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO data_version (name, value) VALUES ('directory', 1) ON DUPLICATE KEY UPDATE value = value`;
}
