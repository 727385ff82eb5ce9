import { isApiKey } from "@tocsin/core/api-keys/api-key-secret";
import { verifyAccessToken } from "@tocsin/core/auth/tokens";
import type { Requirement } from "@tocsin/core/context";
import { networkOf } from "@tocsin/core/throttle/network-of";
import type { ApiContext } from "../trpc/context.ts";
import { bearerTokenOf } from "./bearer-token.ts";

/**
 * Whom a request counts for: the user of an access token that we signed, the API key that was good a moment ago; else,
 * and where nobody is asked who they are, the network that it comes from. Asks neither MySQL nor Redis.
 */
export function callerOf(context: ApiContext, requires: readonly Requirement[]): string {
  const isAsked = requires.some((requirement) => requirement !== "public");
  return (isAsked ? knownCaller(context) : undefined) ?? networkOf(context.request.ip);
}

function knownCaller({ services, authorization }: ApiContext): string | undefined {
  const token = bearerTokenOf(authorization);
  if (token === undefined) return undefined;
  if (isApiKey(token)) return services.apiKeyCache.peek(token)?.id;
  try {
    return verifyAccessToken(services.signingKeys, token).userId;
  } catch {
    return undefined;
  }
}
