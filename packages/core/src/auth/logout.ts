import type { LogoutInput } from "@tocsin/contracts/api/auth";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import type { Context } from "../context.ts";
import { disableDevices } from "../devices/disable-devices.ts";
import { hashOpaqueToken } from "./tokens.ts";

/**
 * Ends the session that the refresh token belongs to: its whole family of refresh tokens now, its access token
 * at the next call. The user's other sessions go on. A device that is named gets no push notifications any more.
 * An unknown token is no error: the session is over either way.
 */
export async function logout(ctx: Context, input: LogoutInput): Promise<{ ok: true }> {
  await inTransaction(ctx.db, async (tx) => {
    const stored = await tx.refreshToken.findUnique({
      where: { tokenHash: hashOpaqueToken(input.refreshToken) },
    });
    if (!stored || stored.revokedAt) return;
    await ctx.sessionCache.announce({ sessionId: stored.familyId });
    await tx.refreshToken.updateMany({
      where: { familyId: stored.familyId, revokedAt: null },
      data: { revokedAt: ctx.clock() },
    });
    if (input.deviceId !== undefined) {
      await disableDevices(tx, ctx, { userId: stored.userId, id: input.deviceId, reason: "logged_out" });
    }
    await recordAudit(tx, ctx, { action: "auth.logged_out", resourceType: "session", userId: stored.userId });
  });
  return { ok: true };
}
