import type { Transaction } from "@tocsin/db/client";

/** What workers keep a copy of. */
export type VersionedData = "directory" | "rules" | "silences";

/** Tells every worker, at its next batch, that its copy is stale. Pass the transaction of the change. */
export async function bumpVersion(tx: Transaction, name: VersionedData): Promise<void> {
  // One statement: Prisma's upsert reads first, and two at once would both insert.
  await tx.$executeRaw`
    INSERT INTO data_version (name, value) VALUES (${name}, 1) ON DUPLICATE KEY UPDATE value = value + 1`;
}
