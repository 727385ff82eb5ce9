import type { LoginInput, Session } from "@tocsin/contracts/api/auth";
import { DomainError } from "@tocsin/contracts/errors";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import type { Context } from "../context.ts";
import { type LoginLimits, loginLimits } from "../throttle/attempt-limits.ts";
import { type AttemptLimit, countAttempt, uncountAttempt } from "../throttle/count-attempts.ts";
import { networkOf } from "../throttle/network-of.ts";
import { verifyPassword } from "./hash-password.ts";
import { issueSession } from "./issue-session.ts";
import { isAsVerified } from "./is-as-verified.ts";
import { type UserWithRoles, userWithRoles } from "./load-account.ts";
import { lockAccount } from "./lock-account.ts";
import { newSessionTokens } from "./tokens.ts";

/** An id that no user has: unknown accounts are asked about like known ones. */
const nobodysId = "00000000-0000-7000-8000-000000000000";

/**
 * Starts a session.
 * @throws DomainError INVALID_CREDENTIALS – the same, after the same time, whether the account exists or not; also where
 * the password, the status or all sessions of the account changed while the password was verified
 * @throws DomainError ACCOUNT_NOT_ACTIVE – only to who knows the password
 * @throws DomainError TOO_MANY_REQUESTS after too many wrong passwords; UNAVAILABLE while they cannot be counted
 */
export async function login(ctx: Context, input: LoginInput): Promise<Session> {
  const account = await ctx.db.user.findUnique({ where: { email: input.email }, include: userWithRoles });
  const limits = loginLimits(ctx, input.email);
  const counted = await refuseGuessing(ctx, account, limits);
  const passwordIsRight = await verifyPassword(input.password, account?.passwordHash);
  if (!account || !passwordIsRight) {
    await recordRefusal(ctx, account, "credentials");
    throw new DomainError("INVALID_CREDENTIALS");
  }
  await uncountAttempt(ctx, counted);
  if (account.status !== "active") {
    await recordRefusal(ctx, account, account.status);
    throw new DomainError("ACCOUNT_NOT_ACTIVE", { detail: `The account is ${account.status}` });
  }
  const outcome = await startSession(ctx, account);
  if ("refused" in outcome) {
    await recordRefusal(ctx, account, "changed_meanwhile");
    throw new DomainError("INVALID_CREDENTIALS", {
      detail: "The account was changed, or its sessions ended, while you logged in; log in again",
    });
  }
  return outcome.session;
}

/** Starts a session, unless the account is not any more what the password was held against. */
async function startSession(
  ctx: Context,
  verified: UserWithRoles,
): Promise<{ session: Session } | { refused: true }> {
  return inTransaction(ctx.db, async (tx) => {
    const account = await lockAccount(tx, verified.id);
    if (!account || !isAsVerified(account, verified)) return { refused: true };
    const session = await issueSession(tx, ctx, account, newSessionTokens());
    await recordAudit(tx, ctx, { action: "auth.logged_in", resourceType: "session", userId: account.id });
    return { session };
  });
}

/**
 * Whether the account was logged in to from the caller's network, as far as sessions are kept. A device changes its IPv6
 * address within its network by the day (RFC 8981).
 */
async function isKnownNetwork(ctx: Context, userId: string): Promise<boolean> {
  const network = networkOf(ctx.request.ip);
  const earlier = await ctx.db.refreshToken.groupBy({ by: ["ip"], where: { userId, ip: { not: null } } });
  return earlier.some(({ ip }) => networkOf(ip) === network);
}

/**
 * The limits of the address and of the account count only what passed the limit of both together, and nothing from where
 * the account was logged in to before. So whoever guesses elsewhere, or for other accounts from the same address, however
 * often, cannot lock the owner out there.
 * @returns the limits that the attempt was counted against
 */
async function refuseGuessing(
  ctx: Context,
  account: UserWithRoles | null,
  limits: LoginLimits,
): Promise<AttemptLimit[]> {
  try {
    await countAttempt(ctx, limits.ofCaller);
    if (await isKnownNetwork(ctx, account?.id ?? nobodysId)) return limits.ofCaller;
    await countAttempt(ctx, limits.ofStrangers);
    return [...limits.ofCaller, ...limits.ofStrangers];
  } catch (error) {
    if (error instanceof DomainError && error.code === "TOO_MANY_REQUESTS") {
      await recordRefusal(ctx, account, "throttled");
    }
    throw error;
  }
}

async function recordRefusal(ctx: Context, account: UserWithRoles | null, reason: string): Promise<void> {
  await recordAudit(ctx.db, ctx, {
    action: "auth.login_failed",
    resourceType: "session",
    ...(account && { userId: account.id }),
    metadata: { reason },
  });
}
