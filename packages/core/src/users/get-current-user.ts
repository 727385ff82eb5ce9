import type { CurrentUser } from "@tocsin/contracts/api/users";
import { DomainError } from "@tocsin/contracts/errors";
import { loadAccount, toCurrentUser } from "../auth/load-account.ts";
import { type Context, currentUserId } from "../context.ts";

/** The user who is asking. */
export async function getCurrentUser(ctx: Context): Promise<CurrentUser> {
  const account = await loadAccount(ctx.db, currentUserId(ctx));
  if (!account) throw new DomainError("UNAUTHENTICATED");
  return toCurrentUser(account);
}
