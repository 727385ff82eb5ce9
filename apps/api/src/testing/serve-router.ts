import type { Logger } from "@tocsin/platform/logger";
import type { AnyRouter } from "@trpc/server";
import express, { type Express } from "express";
import { createBodyMemory } from "../http/body-memory.ts";
import { problemHandler } from "../http/problem.ts";
import { requestId } from "../http/request-id.ts";
import { resolveTarget, throughSteps } from "../http/resolve-target.ts";
import { admitCaller, receiveBody, serveTarget } from "../http/steps.ts";
import { resolveRest } from "../rest/rest-targets.ts";
import { stubServices } from "./stub-services.ts";

/** Where the routes of {@link serveRouter} are. */
export const prefix = "/v0";

/** Serves the procedures of a test's own router by REST, through the steps that need no Redis. */
export function serveRouter(router: AnyRouter, log: Logger): Express {
  const services = stubServices(log);
  const app = express();
  app.set("query parser", false);
  app.use(requestId, resolveTarget([resolveRest(router, { services, prefix })]));
  app.use(throughSteps([admitCaller, receiveBody, serveTarget], { services, bodies: createBodyMemory() }));
  app.use(problemHandler(log));
  return app;
}
