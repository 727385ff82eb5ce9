import type { Session } from "@tocsin/contracts/api/auth";
import type { Transaction } from "@tocsin/db/client";
import { cutText } from "@tocsin/rules-dsl";
import type { Context } from "../context.ts";
import { toCurrentUser, type UserWithRoles } from "./load-account.ts";
import { hashOpaqueToken, type NewRefreshToken, signAccessToken } from "./tokens.ts";

/** How much of what a client calls itself is kept. Code points. */
const userAgentLength = 255;

/** What a client calls itself, as it is kept of a session. */
export function userAgentOf({ request }: Context): string | null {
  return request.userAgent === null ? null : cutText(request.userAgent, userAgentLength);
}

/** Stores a new refresh token and gives both tokens. The caller holds the account's lock. */
export async function issueSession(
  tx: Transaction,
  ctx: Context,
  account: UserWithRoles,
  { id, familyId, token }: NewRefreshToken,
): Promise<Session> {
  const now = ctx.clock();
  await tx.refreshToken.create({
    data: {
      id,
      userId: account.id,
      tokenHash: hashOpaqueToken(token),
      familyId,
      expiresAt: new Date(now.getTime() + ctx.settings.refreshTokenSeconds * 1000),
      ip: ctx.request.ip,
      userAgent: userAgentOf(ctx),
      createdAt: now,
    },
  });
  return toSession(ctx, account, { familyId, token });
}

/** Both tokens of a session whose refresh token is stored already. */
export function toSession(
  ctx: Context,
  account: UserWithRoles,
  { familyId, token }: Pick<NewRefreshToken, "familyId" | "token">,
): Session {
  const accessToken = signAccessToken(ctx, {
    userId: account.id,
    sessionId: familyId,
    sessionVersion: account.sessionVersion,
  });
  return {
    accessToken,
    refreshToken: token,
    expiresIn: ctx.settings.accessTokenSeconds,
    user: toCurrentUser(account),
  };
}
