import { canonicalAddress } from "@tocsin/core/throttle/canonical-address";
import type { Logger } from "@tocsin/platform/logger";
import type { Request, RequestHandler } from "express";

/**
 * The address that a request came from, in its one form: limits, sessions and the audit log all use this one. Where a
 * trusted proxy names something that is no address, it is the proxy's own.
 */
export function clientAddressOf(request: Request): string | null {
  return canonicalAddress(request.ip ?? "") ?? canonicalAddress(request.socket.remoteAddress ?? "");
}

/**
 * Warns once where requests come through a proxy that nobody said is there: they all count as one address then, and
 * share its limits.
 */
export function warnOfUnknownProxy(trustedProxies: number, log: Logger): RequestHandler {
  let isSaid = trustedProxies > 0;
  return (request, _response, next) => {
    if (!isSaid && request.headers["x-forwarded-for"] !== undefined) {
      isSaid = true;
      log.warn(
        "A request came with X-Forwarded-For, and TRUST_PROXY is 0: if a proxy stands in front, all its clients count as one address. Set TRUST_PROXY to the number of proxies",
        { address: clientAddressOf(request) },
      );
    }
    next();
  };
}
