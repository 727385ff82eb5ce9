import { DomainError } from "@tocsin/contracts/errors";
import { judgeMetricsAccess, type MetricsAccess } from "@tocsin/platform/metrics";
import { type Request, type RequestHandler, Router } from "express";
import type { ApiMetrics } from "../metrics/api-metrics.ts";

/** Measures how long each answer takes. */
export function measureRequests({ requests }: ApiMetrics): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.on("finish", () => {
      const labels = { method: request.method, route: routeOf(request), status: response.statusCode };
      requests.observe(labels, (performance.now() - startedAt) / 1000);
    });
    next();
  };
}

/** The route as it was declared: ids would make a metric of each. */
function routeOf(request: Request): string {
  if (request.baseUrl === "/trpc") return "/trpc";
  const route: unknown = request.route;
  if (typeof route !== "object" || route === null || !("path" in route)) return "none";
  return `${request.baseUrl}${String(route.path)}`;
}

/** `GET /metrics` in the format of Prometheus, for whoever may read them. */
export function metricsRoute({ registry }: ApiMetrics, access: MetricsAccess): Router {
  const routes = Router();
  routes.get("/metrics", async (request, response) => {
    const judgement = judgeMetricsAccess(access, request.headers.authorization);
    if (judgement === "absent") throw new DomainError("NOT_FOUND");
    if (judgement === "denied") throw new DomainError("UNAUTHENTICATED");
    response.type(registry.contentType).send(await registry.metrics());
  });
  return routes;
}
