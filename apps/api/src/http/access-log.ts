import type { Logger } from "@tocsin/platform/logger";
import type { Request, RequestHandler, Response } from "express";
import { routeNameOf } from "./metrics.ts";
import { pathOf } from "./request-path.ts";

/** One line a request, when it is answered. */
export function accessLog(log: Logger): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.on("finish", () => logAnswer(log, request, response, startedAt));
    next();
  };
}

/** Writes down how a request was answered that came at `startedAt`, by the clock of `performance`. */
export function logAnswer(log: Logger, request: Request, response: Response, startedAt: number): void {
  log.debug("Request answered", {
    method: request.method,
    path: pathOf(request),
    route: routeNameOf(request),
    status: response.statusCode,
    milliseconds: Math.round(performance.now() - startedAt),
  });
}
