import type { LoggedOut, LogoutInput } from "@tocsin/contracts/api/auth";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import type { Context } from "../context.ts";
import { disableDevices } from "../devices/disable-devices.ts";
import { endSessions } from "./end-sessions.ts";
import { lockAccount } from "./lock-account.ts";
import { hashOpaqueToken } from "./tokens.ts";

/**
 * Ends the session that the refresh token belongs to, also where the token was exchanged since: its whole family of
 * refresh tokens now, its access token at the next call. The user's other sessions go on. The devices that were registered
 * in it, and one that is named, get no push notifications any more, also where the session had ended by itself. An unknown
 * token, or one of a session that is over, is no error: the session is over either way. A named device that was not in use,
 * or is not the user's, is told as not found.
 */
export async function logout(ctx: Context, { refreshToken, deviceId }: LogoutInput): Promise<LoggedOut> {
  const silenced = await inTransaction(ctx.db, async (tx) => {
    const stored = await tx.refreshToken.findUnique({
      where: { tokenHash: hashOpaqueToken(refreshToken) },
      select: { userId: true, familyId: true },
    });
    if (!stored) return 0;
    const { userId, familyId } = stored;
    await lockAccount(tx, userId);
    const devices =
      deviceId === undefined
        ? 0
        : await disableDevices(tx, ctx, { userId, id: deviceId, reason: "logged_out" });
    const isLive = await tx.refreshToken.findFirst({ where: { familyId, revokedAt: null } });
    await endSessions(tx, ctx, { userId, sessionId: familyId, reason: "logout" });
    if (isLive) await recordAudit(tx, ctx, { action: "auth.logged_out", resourceType: "session", userId });
    return devices;
  });
  if (deviceId === undefined) return { ok: true };
  return { ok: true, device: silenced > 0 ? "logged_out" : "not_found" };
}
