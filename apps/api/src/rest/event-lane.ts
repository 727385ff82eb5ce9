import { setTimeout as wait } from "node:timers/promises";
import { maximumEventBytes, type SentEvent } from "@tocsin/contracts/api/events";
import type { Services } from "@tocsin/core/context";
import type { AnyRouter } from "@trpc/server";
import type { Request, RequestHandler, Response } from "express";
import { logAnswer } from "../http/access-log.ts";
import type { BodyMemory } from "../http/body-memory.ts";
import { type Exchange, type Step, take, type Target } from "../http/exchange.ts";
import { observeAnswer } from "../http/metrics.ts";
import { openExchange } from "../http/open-exchange.ts";
import { runWithRequestId } from "../http/request-id.ts";
import type { ApiMetrics } from "../metrics/api-metrics.ts";
import { isBinaryCloudEvent } from "./binary-cloud-event.ts";
import { directCallOf } from "./direct-calls.ts";
import { budgetOf, readIdempotencyKey, readJsonFields } from "./read-input.ts";
import { resolveRest } from "./rest-targets.ts";
import { type RestRoute, restRoutes } from "./routes.ts";

/** Where single events are sent to. */
const path = "/api/v1/events";

/**
 * How long a refusal is held back. It costs as much as taking an event: who tries again at once must not take the
 * processor from those that are taken. Milliseconds.
 */
const refusalDelay = 400;

const plainJson = /^application\/json(?:; ?charset=utf-8)?$/i;

export interface EventLane {
  router: AnyRouter;
  services: Services;
  metrics: ApiMetrics;
  bodies: BodyMemory;
  /** What the handlers that are passed by would have set. */
  headers: ReadonlyMap<string, string>;
  /** The steps that all requests go through. */
  steps: readonly Step[];
  isStopping: () => boolean;
}

/**
 * Takes single events past the handlers that all other requests go through, since they come thousands of times a
 * second: same steps, same answers, half of the cost. Whatever is not quite ordinary about a request — a browser's
 * `Origin`, another type, a query, no length — goes the common way.
 */
export function eventLane(lane: EventLane): RequestHandler {
  const { services, bodies, steps } = lane;
  const resolved = { target: laneTarget(lane), parameters: {} };
  return async (request, response, next) => {
    if (!isOrdinary(request) || lane.isStopping()) {
      next();
      return;
    }
    measure(lane, request, response);
    for (const [name, value] of lane.headers) response.setHeader(name, value);
    await runWithRequestId(request, response, () =>
      take(openExchange(services, bodies, request, response, resolved), steps, services.log),
    );
  };
}

/** The target of every ordinary event, resolved once for all. */
function laneTarget({ router, services }: EventLane): Target {
  const route = restRoutes(router).find(({ method, path: at }) => method === "POST" && at === "/events");
  const resolve = resolveRest(router, { services, prefix: "/api/v1" });
  const target = resolve({ method: "POST", originalUrl: path })?.target;
  if (!route || !target) throw new Error("The router has no POST /events");
  return { ...target, serve: (exchange) => sendDirectly(route, exchange) };
}

function isOrdinary(request: Request): boolean {
  const { method, originalUrl, headers } = request;
  return (
    method === "POST" &&
    originalUrl === path &&
    headers.origin === undefined &&
    headers["content-encoding"] === undefined &&
    headers["transfer-encoding"] === undefined &&
    !isBinaryCloudEvent(request) &&
    plainJson.test(headers["content-type"] ?? "") &&
    Number(headers["content-length"]) <= maximumEventBytes
  );
}

function measure({ services, metrics }: EventLane, request: Request, response: Response): void {
  const startedAt = performance.now();
  request.routeName = path;
  response.on("finish", () => {
    logAnswer(services.log, request, response, startedAt);
    observeAnswer(metrics, request, response, startedAt);
  });
}

async function sendDirectly(route: RestRoute, { request, response, context }: Exchange): Promise<void> {
  const fields = readJsonFields(String(request.body), budgetOf(route));
  const send = directCallOf(route, context);
  const sent = (await send?.({ ...fields, ...readIdempotencyKey(request, fields) })) as SentEvent;
  const body = JSON.stringify(sent);
  response.statusCode = 202;
  response.setHeader("Location", `${path}/${sent.id}`);
  response.setHeader("Content-Type", "application/json; charset=utf-8");
  response.setHeader("Content-Length", Buffer.byteLength(body));
  response.end(body);
}

/** Is there room: events that cannot be stored are not read. @throws DomainError UNAVAILABLE, after a while */
export function refuseWhenFull({ intake }: Pick<Services, "intake">): Step {
  return async ({ target }) => {
    if (!target.limits.includes("events")) return;
    try {
      intake.refuseWhenFull();
    } catch (error) {
      await wait(refusalDelay);
      throw error;
    }
  };
}
