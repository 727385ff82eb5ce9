import { DomainError } from "@tocsin/contracts/errors";
import type { Actor, Services } from "../context.ts";
import { hasEnded } from "./api-key-cache.ts";

/**
 * The machine that holds this key. Expiry acts at once; a revocation, and the end of a secret by a rotation without
 * grace, within 5 s.
 * @throws DomainError UNAUTHENTICATED
 */
export async function authenticateApiKey(
  { apiKeyCache, clock }: Pick<Services, "apiKeyCache" | "clock">,
  secret: string,
): Promise<Actor> {
  const key = await apiKeyCache.find(secret);
  if (!key || hasEnded(key, clock())) {
    throw new DomainError("UNAUTHENTICATED", { detail: "There is no such API key, or it has ended" });
  }
  const { id, name, prefix, scopes, source } = key;
  return { type: "api_key", id, label: `${name} (tk_${prefix})`, permissions: scopes, source };
}
