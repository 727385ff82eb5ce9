import cors from "cors";
import type { RequestHandler } from "express";

/** How long a browser may remember what it was allowed. Seconds. */
const maxAge = 600;

/** Lets these web origins call the API, and no other. An OPTIONS that is no preflight goes on to its route. */
export function allowOrigins(origins: readonly string[]): RequestHandler {
  const options = {
    origin: [...origins],
    exposedHeaders: [
      "X-Request-Id",
      "Location",
      "Retry-After",
      "RateLimit",
      "RateLimit-Policy",
      "Idempotent-Replayed",
    ],
    maxAge,
  };
  const preflight = cors(options);
  const plain = cors({ ...options, preflightContinue: true });
  return (request, response, next) => {
    const isPreflight = request.headers["access-control-request-method"] !== undefined;
    (isPreflight ? preflight : plain)(request, response, next);
  };
}
