import type { RefreshInput, Session } from "@tocsin/contracts/api/auth";
import { DomainError } from "@tocsin/contracts/errors";
import type { Transaction } from "@tocsin/db/client";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import type { Context } from "../context.ts";
import { issueSession } from "./issue-session.ts";
import { loadAccount } from "./load-account.ts";
import { hashOpaqueToken } from "./tokens.ts";

type Outcome = { session: Session } | { refused: "unknown" | "expired" | "reused" | "inactive" };

/**
 * Exchanges a refresh token for new tokens. It works once: a token that comes a second time was stolen from someone,
 * so its whole family ends (RFC 9700, 4.14.2).
 * @throws DomainError INVALID_REFRESH_TOKEN
 */
export async function refreshSession(ctx: Context, input: RefreshInput): Promise<Session> {
  // The refusal is returned, not thrown: revoking the family must be committed.
  const outcome = await inTransaction(ctx.db, (tx) => rotate(tx, ctx, hashOpaqueToken(input.refreshToken)));
  if ("refused" in outcome) throw new DomainError("INVALID_REFRESH_TOKEN");
  return outcome.session;
}

async function rotate(tx: Transaction, ctx: Context, tokenHash: Uint8Array<ArrayBuffer>): Promise<Outcome> {
  const now = ctx.clock();
  const stored = await tx.refreshToken.findUnique({ where: { tokenHash } });
  if (!stored) {
    await recordAudit(tx, ctx, { action: "auth.refresh_failed", resourceType: "session" });
    return { refused: "unknown" };
  }
  // Of several callers with the same token exactly one turns it from live to revoked.
  const { count } = await tx.refreshToken.updateMany({
    where: { id: stored.id, revokedAt: null },
    data: { revokedAt: now },
  });
  if (count === 0) {
    await ctx.sessionCache.announce({ sessionId: stored.familyId });
    await tx.refreshToken.updateMany({
      where: { familyId: stored.familyId, revokedAt: null },
      data: { revokedAt: now },
    });
    await recordAudit(tx, ctx, {
      action: "auth.refresh_token_reused",
      resourceType: "session",
      userId: stored.userId,
      metadata: { familyId: stored.familyId },
    });
    return { refused: "reused" };
  }
  const account = await loadAccount(tx, stored.userId);
  if (stored.expiresAt <= now || account?.status !== "active") {
    await recordAudit(tx, ctx, {
      action: "auth.refresh_failed",
      resourceType: "session",
      userId: stored.userId,
    });
    return { refused: stored.expiresAt <= now ? "expired" : "inactive" };
  }
  const { session, refreshTokenId } = await issueSession(tx, ctx, account, stored.familyId);
  await tx.refreshToken.update({ where: { id: stored.id }, data: { replacedById: refreshTokenId } });
  await recordAudit(tx, ctx, { action: "auth.refreshed", resourceType: "session", userId: account.id });
  return { session };
}
