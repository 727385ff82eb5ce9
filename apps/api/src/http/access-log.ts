import type { Logger } from "@tocsin/platform/logger";
import type { RequestHandler } from "express";

/** One line a request, when it is answered. */
export function accessLog(log: Logger): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.on("finish", () => {
      log.debug("Request answered", {
        method: request.method,
        path: request.originalUrl.split("?")[0],
        status: response.statusCode,
        milliseconds: Math.round(performance.now() - startedAt),
      });
    });
    next();
  };
}
