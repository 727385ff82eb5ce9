import type { Session } from "@tocsin/contracts/api/auth";
import type { Transaction } from "@tocsin/db/client";
import { newId } from "@tocsin/db/ids";
import type { Context } from "../context.ts";
import { toCurrentUser, type UserWithRoles } from "./load-account.ts";
import { newOpaqueToken, signAccessToken } from "./tokens.ts";

/**
 * Stores a new refresh token of `familyId` and gives both tokens.
 * @returns the session and the id of the stored refresh token, for the one that it replaces.
 */
export async function issueSession(
  tx: Transaction,
  ctx: Context,
  account: UserWithRoles,
  familyId: string,
): Promise<{ session: Session; refreshTokenId: string }> {
  const { token, hash } = newOpaqueToken();
  const refreshTokenId = newId();
  const now = ctx.clock();
  await tx.refreshToken.create({
    data: {
      id: refreshTokenId,
      userId: account.id,
      tokenHash: hash,
      familyId,
      expiresAt: new Date(now.getTime() + ctx.settings.refreshTokenSeconds * 1000),
      ip: ctx.request.ip,
      userAgent: ctx.request.userAgent?.slice(0, 255) ?? null,
      createdAt: now,
    },
  });
  const accessToken = signAccessToken(ctx, {
    userId: account.id,
    sessionId: familyId,
    sessionVersion: account.sessionVersion,
  });
  const session: Session = {
    accessToken,
    refreshToken: token,
    expiresIn: ctx.settings.accessTokenSeconds,
    user: toCurrentUser(account),
  };
  return { session, refreshTokenId };
}
