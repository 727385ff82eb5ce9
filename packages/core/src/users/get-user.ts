import type { User } from "@tocsin/contracts/api/users";
import { DomainError } from "@tocsin/contracts/errors";
import { loadAccount, toUser } from "../auth/load-account.ts";
import type { Context } from "../context.ts";

/**
 * One user.
 * @throws DomainError USER_NOT_FOUND
 */
export async function getUser(ctx: Context, { id }: { id: string }): Promise<User> {
  const account = await loadAccount(ctx.db, id);
  if (!account) throw new DomainError("USER_NOT_FOUND");
  return toUser(account);
}
