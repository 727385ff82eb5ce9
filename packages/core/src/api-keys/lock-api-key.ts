import { DomainError } from "@tocsin/contracts/errors";
import type { ApiKey as ApiKeyRow, Transaction } from "@tocsin/db/client";

/**
 * Reads a key and keeps it from changing until the transaction ends.
 * @throws DomainError API_KEY_NOT_FOUND
 */
export async function lockApiKey(tx: Transaction, id: string): Promise<ApiKeyRow> {
  await tx.$queryRaw`SELECT id FROM api_key WHERE id = ${id} FOR UPDATE`;
  const row = await tx.apiKey.findUnique({ where: { id } });
  if (!row) throw new DomainError("API_KEY_NOT_FOUND");
  return row;
}
