import { DomainError } from "@tocsin/contracts/errors";
import type { Silence, Transaction } from "@tocsin/db/client";

/**
 * Reads a silence and keeps it from changing until the transaction ends.
 * @throws DomainError SILENCE_NOT_FOUND
 */
export async function lockSilence(tx: Transaction, id: string): Promise<Silence> {
  await tx.$queryRaw`SELECT id FROM silence WHERE id = ${id} FOR UPDATE`;
  const row = await tx.silence.findUnique({ where: { id } });
  if (!row) throw new DomainError("SILENCE_NOT_FOUND");
  return row;
}
