import type { Services } from "@tocsin/core/context";
import { addThreadMetrics, metricsAccessOf } from "@tocsin/platform/metrics";
import express, { type Express } from "express";
import { type ApiEnv, areDocsEnabled } from "./env.ts";
import { accessLog } from "./http/access-log.ts";
import {
  closeWhenStopping,
  headersSetBy,
  ignoreConditions,
  noStore,
  securityHeaders,
} from "./http/answer-headers.ts";
import { createBodyMemory } from "./http/body-memory.ts";
import { tellOfUnknownProxy } from "./http/client-address.ts";
import { allowOrigins } from "./http/cors.ts";
import { docsRoutes } from "./http/docs.ts";
import type { Step } from "./http/exchange.ts";
import { healthRoutes } from "./http/health.ts";
import { measureRequests, metricsRoute } from "./http/metrics.ts";
import { problemHandler } from "./http/problem.ts";
import { createRateLimits } from "./http/rate-limit.ts";
import { requestId } from "./http/request-id.ts";
import { resolveTarget, throughSteps } from "./http/resolve-target.ts";
import { admitCaller, countCalls, receiveBody, serveTarget } from "./http/steps.ts";
import {
  addBodyMetrics,
  addIntakeMetrics,
  type ApiMetrics,
  createApiMetrics,
} from "./metrics/api-metrics.ts";
import { createOpenApiDocument } from "./openapi/document.ts";
import { queueBoard } from "./queue-board/queue-board.ts";
import { eventLane, refuseWhenFull } from "./rest/event-lane.ts";
import { resolveRest } from "./rest/rest-targets.ts";
import { v1Router } from "./routers/v1.ts";
import { resolveTrpc } from "./trpc/trpc-targets.ts";

export interface AppOptions {
  env: ApiEnv;
  services: Services;
  /** True from the first signal on: the readiness check fails, so that no new requests are sent here. */
  isStopping: () => boolean;
  /** Whether the database's server was found to be of use; until then nothing is to be sent here. */
  isDatabaseUsable?: () => boolean;
  metrics?: ApiMetrics;
}

/** The HTTP application, as a list of what a request goes through. */
export function createApp(options: AppOptions): Express {
  const { env, services, isStopping, isDatabaseUsable } = options;
  const { metrics = createApiMetrics(services.pool) } = options;
  const limits = createRateLimits(env, services);
  const bodies = createBodyMemory();
  addIntakeMetrics(metrics.registry, services.intake);
  addThreadMetrics(metrics.registry, services.threads);
  addBodyMetrics(metrics.registry, bodies);

  // The steps of every request to the API, once it is resolved what it asks for: by REST, by tRPC, by the lane.
  const steps: readonly Step[] = [
    countCalls(limits), // how much may they
    admitCaller, // who are they, and may they
    refuseWhenFull(services), // is there room
    receiveBody, // what do they send, within its budgets
    serveTarget, // check it, do it, answer
  ];

  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", env.TRUST_PROXY);
  app.set("query parser", false);
  // One spelling of each path.
  app.set("case sensitive routing", true);
  app.set("strict routing", true);
  // Answers are not kept (no-store): hashing each one for a comparison that never comes would cost for nothing.
  app.set("etag", false);

  const cors = allowOrigins(env.CORS_ORIGINS);
  const headers = headersSetBy([securityHeaders, noStore, cors]);
  app.use(tellOfUnknownProxy(env.TRUST_PROXY, { log: services.log, seen: metrics.unknownProxies }));
  app.use(eventLane({ router: v1Router, services, metrics, bodies, headers, steps, isStopping }));
  app.use(requestId);
  app.use(resolveTarget([resolveRest(v1Router, { services, prefix: "/api/v1" }), resolveTrpc(v1Router)]));
  app.use(accessLog(services.log));
  app.use(measureRequests(metrics));
  app.use(closeWhenStopping(isStopping));
  app.use(ignoreConditions);
  app.use(securityHeaders);
  if (areDocsEnabled(env)) app.use(docsRoutes(createOpenApiDocument(v1Router)));
  app.use(noStore);
  app.use(healthRoutes(services, { isStopping, isDatabaseUsable }));
  app.use(metricsRoute(metrics, metricsAccessOf(env)));
  app.use(cors);
  if (env.QUEUE_BOARD_ENABLED) {
    const isSecure = env.NODE_ENV === "production";
    app.use("/queues", queueBoard({ services, path: "/queues", isSecure, logins: limits.auth, bodies }));
  }
  app.use(throughSteps(steps, { services, bodies }));
  app.use(problemHandler(services.log));
  return app;
}
