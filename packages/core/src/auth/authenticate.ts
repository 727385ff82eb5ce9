import { DomainError } from "@tocsin/contracts/errors";
import type { Actor, Services } from "../context.ts";
import { loadAccount, permissionsOf } from "./load-account.ts";
import { verifyAccessToken } from "./tokens.ts";

/**
 * Who holds this access token. The account and its session are read each time, so that disabling the account,
 * changing its roles or logging out acts at the next call.
 * @throws DomainError UNAUTHENTICATED
 */
export async function authenticate(services: Services, accessToken: string): Promise<Actor> {
  const claims = verifyAccessToken(services.signingKeys, accessToken);
  const [account, liveRefreshToken] = await Promise.all([
    loadAccount(services.db, claims.userId),
    services.db.refreshToken.findFirst({
      where: { familyId: claims.sessionId, revokedAt: null },
      select: { id: true },
    }),
  ]);
  const isCurrent = account?.status === "active" && account.sessionVersion === claims.sessionVersion;
  if (!isCurrent || !liveRefreshToken) {
    throw new DomainError("UNAUTHENTICATED", { detail: "The session has ended; log in again" });
  }
  return { type: "user", id: account.id, email: account.email, permissions: permissionsOf(account) };
}
