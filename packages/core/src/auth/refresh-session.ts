import { timingSafeEqual } from "node:crypto";
import type { RefreshInput, Session } from "@tocsin/contracts/api/auth";
import { DomainError } from "@tocsin/contracts/errors";
import type { RefreshToken, Transaction } from "@tocsin/db/client";
import { newId } from "@tocsin/db/ids";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import type { Context } from "../context.ts";
import { proveDevices } from "../devices/prove-devices.ts";
import { renewalLimits } from "../throttle/attempt-limits.ts";
import { countAttempt } from "../throttle/count-attempts.ts";
import { networkOf } from "../throttle/network-of.ts";
import { endSessions } from "./end-sessions.ts";
import { issueSession, toSession, userAgentOf } from "./issue-session.ts";
import type { UserWithRoles } from "./load-account.ts";
import { lockAccount } from "./lock-account.ts";
import { hashOpaqueToken, successorsOf } from "./tokens.ts";

/** How long after its exchange a token gets the same successor again, where the answer was lost. Seconds. */
export const retrySeconds = 30;

type Refusal = "unknown" | "ended" | "expired" | "reused" | "inactive";
type Outcome = { session: Session } | { refused: Refusal };

/**
 * Exchanges a refresh token for new tokens. It works once: a token that comes a second time was stolen from someone,
 * so its whole family ends (RFC 9700, 4.14.2). The one exception: the same client may ask again within
 * {@link retrySeconds}, until the successor was used, and gets the same successor; its answer was lost.
 * @throws DomainError INVALID_REFRESH_TOKEN; TOO_MANY_REQUESTS after too many renewals of this session
 */
export async function refreshSession(ctx: Context, { refreshToken }: RefreshInput): Promise<Session> {
  await countRenewal(ctx, refreshToken);
  // The refusal is returned, not thrown: ending the session must be committed.
  const outcome = await inTransaction(ctx.db, (tx) => exchange(tx, ctx, refreshToken));
  if ("refused" in outcome) throw new DomainError("INVALID_REFRESH_TOKEN");
  return outcome.session;
}

/**
 * Counts a renewal of the session that the token belongs to. Nobody guesses such a token, so it goes on uncounted while
 * Redis is away: the limit of requests from an address holds all the same.
 */
async function countRenewal(ctx: Context, token: string): Promise<void> {
  const stored = await ctx.db.refreshToken.findUnique({
    where: { tokenHash: hashOpaqueToken(token) },
    select: { familyId: true },
  });
  if (!stored) return;
  try {
    await countAttempt(ctx, renewalLimits(stored.familyId));
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "UNAVAILABLE") throw error;
    ctx.log.warn("A renewal could not be counted", { error });
  }
}

async function exchange(tx: Transaction, ctx: Context, token: string): Promise<Outcome> {
  const tokenHash = hashOpaqueToken(token);
  const found = await tx.refreshToken.findUnique({ where: { tokenHash }, select: { userId: true } });
  const account = found && (await lockAccount(tx, found.userId));
  // Read under the lock: of several callers with the same token each sees what the one before did.
  const stored = account && (await tx.refreshToken.findUnique({ where: { tokenHash } }));
  if (!account || !stored) return refuse(tx, ctx, "unknown");
  if (stored.revokedAt === null) return rotate(tx, ctx, { account, stored, token });
  if (stored.replacedById === null) return refuse(tx, ctx, "ended", stored);
  const successor = await tx.refreshToken.findUnique({ where: { id: stored.replacedById } });
  if (account.status === "active" && successor && isRetry(ctx, stored.revokedAt, successor)) {
    return answerAgain(tx, ctx, { account, successor, token });
  }
  const { familyId } = stored;
  const isLive = await tx.refreshToken.findFirst({ where: { familyId, revokedAt: null } });
  if (!isLive) return refuse(tx, ctx, "ended", stored);
  await endSessions(tx, ctx, { userId: account.id, sessionId: familyId, reason: "reuse" });
  await recordAudit(tx, ctx, {
    action: "auth.refresh_token_reused",
    resourceType: "session",
    userId: account.id,
    metadata: { familyId },
  });
  return { refused: "reused" };
}

interface Exchange {
  account: UserWithRoles;
  /** As it came in. */
  token: string;
}

async function rotate(
  tx: Transaction,
  ctx: Context,
  { account, stored, token }: Exchange & { stored: RefreshToken },
): Promise<Outcome> {
  const now = ctx.clock();
  const { familyId } = stored;
  if (stored.expiresAt <= now) {
    await endSessions(tx, ctx, { userId: account.id, sessionId: familyId, reason: "expired" });
    return refuse(tx, ctx, "expired", stored);
  }
  if (account.status !== "active") return refuse(tx, ctx, "inactive", stored);
  const id = newId();
  const [successor] = successorsOf(ctx.signingKeys, token, id);
  if (successor === undefined) throw new Error("No signing key is configured");
  const session = await issueSession(tx, ctx, account, { id, familyId, token: successor });
  await tx.refreshToken.update({ where: { id: stored.id }, data: { revokedAt: now, replacedById: id } });
  await proveDevices(tx, familyId);
  await recordAudit(tx, ctx, { action: "auth.refreshed", resourceType: "session", userId: account.id });
  return { session };
}

/** Whether who exchanged a token asks once more for its successor, which nobody has used yet. */
function isRetry(ctx: Context, exchangedAt: Date, successor: RefreshToken): boolean {
  const now = ctx.clock();
  return (
    successor.revokedAt === null &&
    successor.expiresAt > now &&
    now.getTime() - exchangedAt.getTime() <= retrySeconds * 1000 &&
    successor.userAgent === userAgentOf(ctx) &&
    networkOf(successor.ip) === networkOf(ctx.request.ip)
  );
}

async function answerAgain(
  tx: Transaction,
  ctx: Context,
  { account, successor, token }: Exchange & { successor: RefreshToken },
): Promise<Outcome> {
  const candidates = successorsOf(ctx.signingKeys, token, successor.id);
  const again = candidates.find((one) => timingSafeEqual(hashOpaqueToken(one), successor.tokenHash));
  // Its signing key has been taken out of use since.
  if (again === undefined) return refuse(tx, ctx, "ended", successor);
  await recordAudit(tx, ctx, {
    action: "auth.refreshed",
    resourceType: "session",
    userId: account.id,
    metadata: { again: true },
  });
  return { session: toSession(ctx, account, { familyId: successor.familyId, token: again }) };
}

async function refuse(
  tx: Transaction,
  ctx: Context,
  reason: Refusal,
  stored?: RefreshToken,
): Promise<Outcome> {
  await recordAudit(tx, ctx, {
    action: "auth.refresh_failed",
    resourceType: "session",
    ...(stored && { userId: stored.userId }),
    metadata: { reason },
  });
  return { refused: reason };
}
