import type { Services } from "@tocsin/core/context";
import { createExpressMiddleware } from "@trpc/server/adapters/express";
import cors from "cors";
import express, { type Express, type RequestHandler } from "express";
import helmet from "helmet";
import { type ApiEnv, areDocsEnabled } from "./env.ts";
import { accessLog } from "./http/access-log.ts";
import { docsRoutes } from "./http/docs.ts";
import { healthRoutes } from "./http/health.ts";
import { notFound, problemHandler } from "./http/problem.ts";
import { rateLimit } from "./http/rate-limit.ts";
import { requestId } from "./http/request-id.ts";
import { createOpenApiDocument } from "./openapi/document.ts";
import { mountRest } from "./rest/mount-rest.ts";
import { v1Router } from "./routers/v1.ts";
import { createApiContext } from "./trpc/context.ts";

/** Answers about people and alerts are nobody else's to keep. */
const noStore: RequestHandler = (_request, response, next) => {
  response.setHeader("Cache-Control", "no-store");
  next();
};

export interface AppOptions {
  env: ApiEnv;
  services: Services;
  /** True from the first signal on: the readiness check fails, so that no new requests are sent here. */
  isStopping: () => boolean;
}

/** The HTTP application, as a list of what a request goes through. */
export function createApp({ env, services, isStopping }: AppOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("trust proxy", env.TRUST_PROXY);
  app.set("query parser", false);

  app.use(requestId);
  app.use(accessLog(services.log));
  app.use(helmet());
  app.use(healthRoutes(services, isStopping));
  if (areDocsEnabled(env)) app.use(docsRoutes(createOpenApiDocument(v1Router)));
  app.use(cors({ origin: env.CORS_ORIGINS, exposedHeaders: ["X-Request-Id", "Location", "Retry-After"], maxAge: 600 }));
  app.use(noStore);
  app.use("/api/v1/auth", rateLimit("auth", env.AUTH_RATE_LIMIT_PER_MINUTE));
  app.use("/trpc", rateLimitOfTrpc(env));
  app.use("/api/v1", rateLimitOfRest(env));
  app.use(
    "/trpc",
    createExpressMiddleware({
      router: v1Router,
      createContext: ({ req }) => createApiContext(services, req),
      maxBodySize: 512 * 1024,
    }),
  );
  app.use("/api/v1", mountRest(v1Router, services));
  app.use(notFound);
  app.use(problemHandler(services.log));
  return app;
}

/** Producers send far more than people click. */
function rateLimitOfRest(env: ApiEnv): RequestHandler {
  const events = rateLimit("events", env.EVENT_RATE_LIMIT_PER_MINUTE);
  const others = rateLimit("api", env.RATE_LIMIT_PER_MINUTE);
  return (request, response, next) => (request.path === "/events" ? events : others)(request, response, next);
}

/** Logging in through tRPC is as limited as through REST, also where it is one call of a batch. */
function rateLimitOfTrpc(env: ApiEnv): RequestHandler {
  const auth = rateLimit("auth", env.AUTH_RATE_LIMIT_PER_MINUTE);
  const others = rateLimit("api", env.RATE_LIMIT_PER_MINUTE);
  return (request, response, next) => (request.path.includes("auth.") ? auth : others)(request, response, next);
}
