import { DomainError } from "@tocsin/contracts/errors";
import { isApiKey } from "@tocsin/core/api-keys/api-key-secret";
import type { Services } from "@tocsin/core/context";
import type { Request, RequestHandler } from "express";
import { ipKeyGenerator, rateLimit as createRateLimit, type Store } from "express-rate-limit";
import type { ApiEnv } from "../env.ts";
import { bearerTokenOf } from "./bearer-token.ts";
import { limitEvents } from "./event-limit.ts";
import { createSharedCount, type SharedCountOptions } from "./shared-count.ts";

/** An IPv6 address counts with its network of so many bits: that is what one customer of a provider has. */
const ipv6Subnet = 64;

/** Producers send far more than people click; guesses at passwords are to be few. */
export type RateLimitKind = "auth" | "events" | "api";

/** The limits of the process, each counted once however a request comes in. */
export type RateLimits = Readonly<Record<RateLimitKind, RequestHandler>>;

/**
 * So many requests a minute for each address; an IPv6 address counts with its /64 network. The RateLimit header tells
 * how many are left. While Redis is away guesses are refused and other requests counted by each process. Events are
 * always: a round trip for each would cost more than to take it.
 */
export function createRateLimits(
  env: ApiEnv,
  { redis, log, apiKeyCache }: Pick<Services, "redis" | "log" | "apiKeyCache">,
): RateLimits {
  const shared = (kind: RateLimitKind, withoutRedis: SharedCountOptions["withoutRedis"]) =>
    createSharedCount({ redis, log, prefix: `rate:${kind}:`, withoutRedis });
  return {
    auth: limitPerMinute("auth", env.AUTH_RATE_LIMIT_PER_MINUTE, shared("auth", "refuse")),
    events: limitEvents({
      limit: env.EVENT_RATE_LIMIT_PER_MINUTE,
      senderOf: (request) => senderOf(request, apiKeyCache),
    }),
    api: limitPerMinute("api", env.RATE_LIMIT_PER_MINUTE, shared("api", "count here")),
  };
}

/**
 * Who sends events: the API key, once it has proved good, wherever it is used, so that one producer does not use up what
 * others behind the same address may send; else the address.
 */
function senderOf({ headers, ip = "" }: Request, apiKeys: Services["apiKeyCache"]): string {
  const token = bearerTokenOf(headers.authorization);
  const key = token !== undefined && isApiKey(token) ? apiKeys.peek(token) : undefined;
  return key?.id ?? ipKeyGenerator(ip, ipv6Subnet);
}

function limitPerMinute(identifier: RateLimitKind, limit: number, store: Store): RequestHandler {
  return createRateLimit({
    windowMs: 60_000,
    limit,
    identifier,
    store,
    ipv6Subnet,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    handler(_request, response) {
      const retryAfterSeconds = Number(response.getHeader("Retry-After") ?? 60);
      throw new DomainError("TOO_MANY_REQUESTS", {
        detail: `More than ${limit} requests in a minute`,
        retryAfterSeconds,
      });
    },
  });
}

/** Limits requests to REST. */
export function limitRest(limits: RateLimits): RequestHandler {
  return (request, response, next) => {
    const [, area] = request.path.split("/");
    limits[kindOf(area)](request, response, next);
  };
}

/** Limits requests to tRPC. A batch counts once, hence nothing that is to be guessed may be in one. */
export function limitTrpc(limits: RateLimits): RequestHandler {
  return (request, response, next) => {
    const kinds = calledProcedures(request.path).map((procedure) => kindOf(procedure.split(".")[0]));
    if (kinds.length > 1 && kinds.includes("auth")) {
      throw new DomainError("VALIDATION_FAILED", { detail: "Procedures of auth are not taken in a batch" });
    }
    limits[kinds[0] ?? "api"](request, response, next);
  };
}

/** The limit that the routes of an area count against: the first part of their path, or of their procedure. */
export function kindOf(area: string | undefined): RateLimitKind {
  return area === "auth" || area === "events" ? area : "api";
}

/** The procedures that a request to tRPC calls; read as tRPC itself reads them. */
export function calledProcedures(path: string): string[] {
  try {
    return decodeURIComponent(path.slice(1)).split(",");
  } catch {
    throw new DomainError("NOT_FOUND");
  }
}
