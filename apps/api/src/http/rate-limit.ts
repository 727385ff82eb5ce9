import { DomainError } from "@tocsin/contracts/errors";
import type { RequestHandler } from "express";
import { rateLimit as createRateLimit } from "express-rate-limit";
import { sendProblem } from "./problem.ts";

/** So many requests a minute for each address; the RateLimit header tells how many are left. */
export function rateLimit(name: string, limitPerMinute: number): RequestHandler {
  return createRateLimit({
    windowMs: 60_000,
    limit: limitPerMinute,
    identifier: name,
    standardHeaders: "draft-8",
    legacyHeaders: false,
    handler(request, response) {
      const retryAfterSeconds = Number(response.getHeader("Retry-After") ?? 60);
      sendProblem(response, request, new DomainError("TOO_MANY_REQUESTS", { retryAfterSeconds }));
    },
  });
}
