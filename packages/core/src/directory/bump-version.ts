import type { Transaction } from "@tocsin/db/client";

/** What workers keep a copy of. */
export type VersionedData = "directory" | "rules";

/** Tells every worker, at its next batch, that its copy is stale. Pass the transaction of the change. */
export async function bumpVersion(tx: Transaction, name: VersionedData): Promise<void> {
  await tx.dataVersion.upsert({
    where: { name },
    create: { name, value: 1 },
    update: { value: { increment: 1 } },
  });
}
