import { DomainError } from "@tocsin/contracts/errors";
import type { Transaction, TransferBucket } from "@tocsin/db/client";

/**
 * Reads a bucket and keeps it from changing until the transaction ends.
 * @throws DomainError BUCKET_NOT_FOUND
 */
export async function lockBucket(tx: Transaction, id: string): Promise<TransferBucket> {
  await tx.$queryRaw`SELECT id FROM transfer_bucket WHERE id = ${id} FOR UPDATE`;
  const row = await tx.transferBucket.findUnique({ where: { id } });
  if (!row) throw new DomainError("BUCKET_NOT_FOUND");
  return row;
}
