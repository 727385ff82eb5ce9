import { DomainError } from "@tocsin/contracts/errors";
import type { RequestHandler } from "express";
import { rateLimit as createRateLimit } from "express-rate-limit";
import type { ApiEnv } from "../env.ts";

/** Producers send far more than people click; guesses at passwords are to be few. */
export type RateLimitKind = "auth" | "events" | "api";

/** The limits of the process, each counted once however a request comes in. */
export type RateLimits = Readonly<Record<RateLimitKind, RequestHandler>>;

/** So many requests a minute for each address. The RateLimit header tells how many are left. */
export function createRateLimits(env: ApiEnv): RateLimits {
  return {
    auth: limitPerMinute("auth", env.AUTH_RATE_LIMIT_PER_MINUTE),
    events: limitPerMinute("events", env.EVENT_RATE_LIMIT_PER_MINUTE),
    api: limitPerMinute("api", env.RATE_LIMIT_PER_MINUTE),
  };
}

function limitPerMinute(identifier: RateLimitKind, limit: number): RequestHandler {
  return createRateLimit({
    windowMs: 60_000,
    limit,
    identifier,
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

function kindOf(area: string | undefined): RateLimitKind {
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
