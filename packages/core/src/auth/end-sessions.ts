import type { Transaction } from "@tocsin/db/client";
import type { Context } from "../context.ts";
import { type DisableReason, disableDevices } from "../devices/disable-devices.ts";
import { unproveDevices } from "../devices/prove-devices.ts";
import { endScreens } from "../realtime/end-screens.ts";

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
export type EndedSessions = {
  userId: string;
  /** The family of refresh tokens of the one session; absent: every session of the user. */
  sessionId?: string;
} & (
  | { reason: Exclude<SessionEndReason, "own_password_change"> }
  /** The user goes on in a new session: the successor of the one they asked in. */
  | { reason: "own_password_change"; successorId: string }
);

/**
 * What is said of the devices that hear nothing from then on. Those of a person who changed their own password, or whose
 * session expired, still hear that there is an alert ({@link unproveDevices}, `deviceProof`): nobody on call goes deaf
 * without knowing.
 */
const disableReasons: Readonly<Record<SessionEndReason, DisableReason | null>> = {
  logout: "logged_out",
  logout_everywhere: "logged_out_everywhere",
  disabled: "user_disabled",
  reset_by_other: "password_reset",
  reuse: "token_reused",
  own_password_change: null,
  expired: null,
};

/**
 * Ends sessions of a user: access tokens are refused from the next request on, refresh tokens are revoked, screens are cut
 * off, and by whom access ended decides what the devices of the sessions hear from then on. The only place that ends any.
 * The caller holds the account's lock ({@link lockAccount}).
 */
export async function endSessions(tx: Transaction, ctx: Context, ended: EndedSessions): Promise<void> {
  const { userId, sessionId, reason } = ended;
  const ofSession = sessionId !== undefined && { sessionId };
  await ctx.sessionCache.announce(sessionId === undefined ? { userId } : { sessionId });
  if (sessionId === undefined) {
    await tx.user.update({ where: { id: userId }, data: { sessionVersion: { increment: 1 } } });
  }
  await tx.refreshToken.updateMany({
    where: { userId, ...(sessionId !== undefined && { familyId: sessionId }), revokedAt: null },
    data: { revokedAt: ctx.clock() },
  });
  await endScreens(tx, userId);
  const disableReason = disableReasons[reason];
  if (disableReason !== null) await disableDevices(tx, ctx, { userId, ...ofSession, reason: disableReason });
  if (ended.reason === "own_password_change") await unproveDevices(tx, ctx, ended);
}
