import { canonicalAddress } from "@tocsin/core/throttle/canonical-address";
import type { Logger } from "@tocsin/platform/logger";
import type { Request, RequestHandler } from "express";
import type { Counter } from "prom-client";

/**
 * The address that a request came from, in its one form: limits, sessions and the audit log all use this one. Where a
 * trusted proxy names something that is no address, it is the proxy's own.
 */
export function clientAddressOf(request: Request): string | null {
  return canonicalAddress(request.ip ?? "") ?? canonicalAddress(request.socket.remoteAddress ?? "");
}

/**
 * Tells where requests come through a proxy that nobody said is there: they all count as one address then, and share its
 * limits. Counts each one, and warns at the first.
 */
export function tellOfUnknownProxy(
  trustedProxies: number,
  { log, seen }: { log: Logger; seen: Pick<Counter, "inc"> },
): RequestHandler {
  let isSaid = false;
  return (request, _response, next) => {
    if (trustedProxies > 0 || request.headers["x-forwarded-for"] === undefined) return next();
    seen.inc();
    if (!isSaid) {
      isSaid = true;
      log.warn(
        "A request came with X-Forwarded-For, and TRUST_PROXY is 0: if a proxy stands in front, all its clients count as one address. Set TRUST_PROXY to the number of proxies",
        { address: clientAddressOf(request) },
      );
    }
    next();
  };
}
