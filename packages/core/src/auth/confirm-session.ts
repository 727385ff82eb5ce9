import { DomainError } from "@tocsin/contracts/errors";
import type { Transaction } from "@tocsin/db/client";
import { type Context, currentUserId } from "../context.ts";
import type { UserWithRoles } from "./load-account.ts";
import { lockAccount } from "./lock-account.ts";

/**
 * Locks the account of the user who is asking and reads it again: the session may have ended since the request came in.
 * @throws DomainError UNAUTHENTICATED where the account is not active any more, or the session has ended
 */
export async function confirmSession(tx: Transaction, ctx: Context): Promise<UserWithRoles> {
  const account = await lockAccount(tx, currentUserId(ctx));
  if (account?.status !== "active" || !(await isSessionLive(tx, ctx, account))) {
    throw new DomainError("UNAUTHENTICATED", { detail: "The session has ended; log in again" });
  }
  return account;
}

async function isSessionLive(tx: Transaction, { actor }: Context, account: UserWithRoles): Promise<boolean> {
  if (actor.type !== "user" || !actor.session) return true;
  const { id, version } = actor.session;
  if (account.sessionVersion !== version) return false;
  return (await tx.refreshToken.count({ where: { familyId: id, revokedAt: null } })) > 0;
}
