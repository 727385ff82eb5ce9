import { DomainError } from "@tocsin/contracts/errors";
import type { Actor, Services } from "../context.ts";
import { loadAccount, permissionsOf } from "./load-account.ts";
import type { KeptSession } from "./session-cache.ts";
import { type AccessClaims, verifyAccessToken } from "./tokens.ts";

/**
 * Who holds this access token. Disabling the account, changing its roles or password and logging out act at the next
 * call: what is kept of a session is not used any more once one of them is under way.
 * @throws DomainError UNAUTHENTICATED
 */
export async function authenticate(services: Services, accessToken: string): Promise<Actor> {
  const claims = verifyAccessToken(services.signingKeys, accessToken);
  const { kept, mayKeep } = await services.sessionCache.find(claims);
  const known = kept ?? (await readSession(services, claims));
  if (!kept && mayKeep) void services.sessionCache.keep(claims, known);
  const session = { id: claims.sessionId, version: claims.sessionVersion };
  return { type: "user", id: claims.userId, ...known, session };
}

async function readSession(services: Services, claims: AccessClaims): Promise<KeptSession> {
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
  return { email: account.email, permissions: permissionsOf(account) };
}
