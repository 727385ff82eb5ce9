import type { Transaction } from "@tocsin/db/client";
import { loadAccount, type UserWithRoles } from "./load-account.ts";

/**
 * Reads a user and keeps the account from changing until the transaction ends. Whatever begins or ends sessions, or
 * changes a password, roles or status, takes this lock first and judges by what it reads here: what was read before may
 * be over.
 */
export async function lockAccount(tx: Transaction, id: string): Promise<UserWithRoles | null> {
  await tx.$queryRaw`SELECT id FROM \`user\` WHERE id = ${id} FOR UPDATE`;
  return loadAccount(tx, id);
}
