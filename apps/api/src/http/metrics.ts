import { DomainError } from "@tocsin/contracts/errors";
import { judgeMetricsAccess, type MetricsAccess } from "@tocsin/platform/metrics";
import type { Request, RequestHandler, Response, Router } from "express";
import type { ApiMetrics } from "../metrics/api-metrics.ts";
import { strictRouter } from "./strict-router.ts";

/** Measures how long each answer takes. */
export function measureRequests(metrics: ApiMetrics): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.on("finish", () => observeAnswer(metrics, request, response, startedAt));
    next();
  };
}

/** Counts an answer that was sent to a request which came at `startedAt`, by the clock of `performance`. */
export function observeAnswer(
  { requests, refusals }: ApiMetrics,
  request: Request,
  response: Response,
  startedAt: number,
): void {
  const labels = { method: request.method, route: routeNameOf(request), status: response.statusCode };
  requests.observe(labels, (performance.now() - startedAt) / 1000);
  for (const code of request.refusals ?? []) refusals.inc({ route: labels.route, code });
}

/** The route as it was declared: ids, or whatever a caller types, would make a metric of each. */
export function routeNameOf(request: Request): string {
  return request.routeName ?? declaredPathOf(request.route) ?? "unmatched";
}

/** The path of a route that is Express's own: of health, metrics and the documentation. */
function declaredPathOf(route: unknown): string | undefined {
  if (typeof route !== "object" || route === null || !("path" in route)) return undefined;
  return String(route.path);
}

/** `GET /metrics` in the format of Prometheus, for whoever may read them. */
export function metricsRoute({ registry }: ApiMetrics, access: MetricsAccess): Router {
  const routes = strictRouter();
  routes.get("/metrics", async (request, response) => {
    const judgement = judgeMetricsAccess(access, request.headers.authorization);
    if (judgement === "absent") throw new DomainError("NOT_FOUND");
    if (judgement === "denied") throw new DomainError("UNAUTHENTICATED");
    response.type(registry.contentType).send(await registry.metrics());
  });
  return routes;
}
