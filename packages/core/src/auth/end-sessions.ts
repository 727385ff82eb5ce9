import type { Transaction } from "@tocsin/db/client";
import type { Context } from "../context.ts";

/** By whom, and how, access ended. */
export type SessionEndReason =
  | "logout"
  | "logout_everywhere"
  | "disabled"
  | "reset_by_other"
  | "reuse"
  | "own_password_change"
  | "expired";

/** What ends: one session, or all that the user has. */
export interface EndedSessions {
  userId: string;
  /** The family of refresh tokens of the one session; absent: every session of the user. */
  sessionId?: string;
  reason: SessionEndReason;
}

/**
 * Ends sessions of a user: access tokens are refused from the next request on, refresh tokens are revoked. The only
 * place that ends any; what else hangs on a session ends from here. The caller holds the account's lock
 * ({@link lockAccount}).
 */
export async function endSessions(
  tx: Transaction,
  ctx: Context,
  { userId, sessionId }: EndedSessions,
): Promise<void> {
  await ctx.sessionCache.announce(sessionId === undefined ? { userId } : { sessionId });
  if (sessionId === undefined) {
    await tx.user.update({ where: { id: userId }, data: { sessionVersion: { increment: 1 } } });
  }
  await tx.refreshToken.updateMany({
    where: { userId, ...(sessionId !== undefined && { familyId: sessionId }), revokedAt: null },
    data: { revokedAt: ctx.clock() },
  });
}
