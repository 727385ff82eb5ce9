import { setTimeout as wait } from "node:timers/promises";
import { maximumEventBytes, type SentEvent } from "@tocsin/contracts/api/events";
import { DomainError } from "@tocsin/contracts/errors";
import type { Services } from "@tocsin/core/context";
import type { AnyRouter } from "@trpc/server";
import type { Request, RequestHandler, Response } from "express";
import { logAnswer } from "../http/access-log.ts";
import { sendProblem } from "../http/problem.ts";
import { runWithRequestId } from "../http/request-id.ts";
import type { ApiMetrics } from "../metrics/api-metrics.ts";
import { createApiContext } from "../trpc/context.ts";
import { isBinaryCloudEvent } from "./binary-cloud-event.ts";
import { directCallOf } from "./direct-calls.ts";
import { readIdempotencyKey, readJsonFields } from "./read-input.ts";
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
  /** What the handlers that are passed by would have set. */
  headers: ReadonlyMap<string, string>;
  limit: RequestHandler;
  isStopping: () => boolean;
}

/**
 * Takes single events past the handlers that all other requests go through, since they come thousands of times a
 * second: same checks, same answers, half of the cost. Whatever is not quite ordinary about a request — a browser's
 * `Origin`, another type, a query, no length — goes the common way.
 */
export function eventLane(lane: EventLane): RequestHandler {
  const route = restRoutes(lane.router).find(({ method, path: at }) => method === "POST" && at === "/events");
  if (!route) throw new Error("The router has no POST /events");
  return async (request, response, next) => {
    if (!isOrdinary(request) || lane.isStopping()) {
      next();
      return;
    }
    measure(lane, request, response);
    for (const [name, value] of lane.headers) response.setHeader(name, value);
    await runWithRequestId(request, response, async () => {
      try {
        await take(lane, route, request, response);
      } catch (error) {
        sendProblem(lane.services.log, request, response, error);
      }
    });
  };
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
  response.on("finish", () => {
    logAnswer(services.log, request, response, startedAt);
    const labels = { method: "POST", route: path, status: response.statusCode };
    metrics.requests.observe(labels, (performance.now() - startedAt) / 1000);
  });
}

async function take(lane: EventLane, route: RestRoute, request: Request, response: Response): Promise<void> {
  await passing(lane.limit, request, response);
  await refuseWhenFull(lane);
  const fields = readJsonFields(await readText(request), route.meta.bodyDepth);
  const send = directCallOf(route, createApiContext(lane.services, request));
  const sent = (await send?.({ ...fields, ...readIdempotencyKey(request, fields) })) as SentEvent;
  const body = JSON.stringify(sent);
  response.statusCode = 202;
  response.setHeader("Location", `${path}/${sent.id}`);
  response.setHeader("Content-Type", "application/json; charset=utf-8");
  response.setHeader("Content-Length", Buffer.byteLength(body));
  response.end(body);
}

/** @throws DomainError UNAVAILABLE where too many events wait, after a while */
async function refuseWhenFull({ services: { intake } }: EventLane): Promise<void> {
  try {
    intake.refuseWhenFull();
  } catch (error) {
    await wait(refusalDelay);
    throw error;
  }
}

/** Resolves when a handler lets a request pass. @throws whatever it has against it */
async function passing(handler: RequestHandler, request: Request, response: Response): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    void handler(request, response, (refusal?: Error | string) => {
      if (refusal instanceof Error) reject(refusal);
      else resolve();
    });
  });
}

/** The body, which Node.js ends at its stated length. @throws DomainError where the client went away before that */
async function readText(request: Request): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => resolve(withoutMark(Buffer.concat(chunks).toString())));
    request.on("error", () => {
      reject(new DomainError("VALIDATION_FAILED", { detail: "The request was cut off" }));
    });
  });
}

/** A byte order mark is no part of the text. */
function withoutMark(text: string): string {
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}
