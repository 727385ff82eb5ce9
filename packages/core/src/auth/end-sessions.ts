import type { Transaction } from "@tocsin/db/client";
import type { Context } from "../context.ts";

/** Ends every session of a user: access tokens are refused from the next request on, refresh tokens are revoked. */
export async function endSessions(tx: Transaction, ctx: Context, userId: string): Promise<void> {
  await ctx.sessionCache.announce({ userId });
  await tx.user.update({ where: { id: userId }, data: { sessionVersion: { increment: 1 } } });
  await tx.refreshToken.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: ctx.clock() } });
}
