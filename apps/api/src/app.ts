import type { Services } from "@tocsin/core/context";
import { addThreadMetrics, metricsAccessOf } from "@tocsin/platform/metrics";
import express, { type Express } from "express";
import { type ApiEnv, areDocsEnabled } from "./env.ts";
import { accessLog } from "./http/access-log.ts";
import { closeWhenStopping, headersSetBy, noStore, securityHeaders } from "./http/answer-headers.ts";
import { allowOrigins } from "./http/cors.ts";
import { docsRoutes } from "./http/docs.ts";
import { healthRoutes } from "./http/health.ts";
import { measureRequests, metricsRoute } from "./http/metrics.ts";
import { notFound, problemHandler } from "./http/problem.ts";
import { createRateLimits, limitRest, limitTrpc } from "./http/rate-limit.ts";
import { requestId } from "./http/request-id.ts";
import { addIntakeMetrics, createApiMetrics } from "./metrics/api-metrics.ts";
import { createOpenApiDocument } from "./openapi/document.ts";
import { queueBoard } from "./queue-board/queue-board.ts";
import { eventLane } from "./rest/event-lane.ts";
import { mountRest } from "./rest/mount-rest.ts";
import { v1Router } from "./routers/v1.ts";
import { mountTrpc, trpcErrorHandler } from "./trpc/mount-trpc.ts";

export interface AppOptions {
  env: ApiEnv;
  services: Services;
  /** True from the first signal on: the readiness check fails, so that no new requests are sent here. */
  isStopping: () => boolean;
  /** Whether the database's server was found to be of use; until then nothing is to be sent here. */
  isDatabaseUsable?: () => boolean;
}

/** The HTTP application, as a list of what a request goes through. */
export function createApp({ env, services, isStopping, isDatabaseUsable }: AppOptions): Express {
  const limits = createRateLimits(env, services);
  const metrics = createApiMetrics(services.pool);
  addIntakeMetrics(metrics.registry, services.intake);
  addThreadMetrics(metrics.registry, services.threads);
  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", env.TRUST_PROXY);
  app.set("query parser", false);
  // Answers are not kept (no-store): hashing each one for a comparison that never comes would cost for nothing.
  app.set("etag", false);

  const cors = allowOrigins(env.CORS_ORIGINS);
  const headers = headersSetBy([securityHeaders, noStore, cors]);
  app.use(eventLane({ router: v1Router, services, metrics, headers, limit: limits.events, isStopping }));
  app.use(requestId);
  app.use(accessLog(services.log));
  app.use(measureRequests(metrics));
  app.use(closeWhenStopping(isStopping));
  app.use(securityHeaders);
  if (areDocsEnabled(env)) app.use(docsRoutes(createOpenApiDocument(v1Router)));
  app.use(noStore);
  app.use(healthRoutes(services, { isStopping, isDatabaseUsable }));
  app.use(metricsRoute(metrics, metricsAccessOf(env)));
  app.use(cors);
  if (env.QUEUE_BOARD_ENABLED) {
    const isSecure = env.NODE_ENV === "production";
    app.use("/queues", queueBoard({ services, path: "/queues", isSecure, limitLogins: limits.auth }));
  }
  app.use("/trpc", limitTrpc(limits), mountTrpc(v1Router, services), trpcErrorHandler(v1Router, services));
  app.use("/api/v1", limitRest(limits), mountRest(v1Router, services));
  app.use(notFound);
  app.use(problemHandler(services.log));
  return app;
}
