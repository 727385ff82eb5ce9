import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Services } from "@tocsin/core/context";
import type { KeptAnswer } from "@tocsin/core/idempotency/claim-answer";
import { maximumSoundBytes } from "@tocsin/contracts/api/sounds";
import { DomainError } from "@tocsin/contracts/errors";
import type { AnyRouter } from "@trpc/server";
import express, { type Request, type RequestHandler, type Response, Router } from "express";
import { createApiContext } from "../trpc/context.ts";
import { createCallerFactory, permittedActor } from "../trpc/init.ts";
import { cloudEventCallOf, cloudEventTypesOf } from "./cloud-events.ts";
import { directCallOf } from "./direct-calls.ts";
import { readInput } from "./read-input.ts";
import { readUpload } from "./read-upload.ts";
import { answerOnce } from "./repeatable.ts";
import { expressPath, type RestRoute, restRoutes } from "./routes.ts";
import { createUploadGate, type Gate } from "./upload-gate.ts";

/** The most that a body may have where the route says nothing else. Bytes. */
const bodyLimit = 100 * 1024;

/** How many files one process holds in memory at once. */
const maximumUploads = 8;

/** Serves a router's procedures as REST: one native Express route each, from the same metadata as the document. */
export function mountRest(appRouter: AnyRouter, services: Services): Router {
  const rest = Router({ caseSensitive: true, strict: false });
  const createCaller = createCallerFactory(appRouter);
  const routes = restRoutes(appRouter);
  const uploads = createUploadGate(maximumUploads);

  // Path by path: what /rules/validate does not take must not fall through to /rules/:id.
  for (const [path, ofPath] of Map.groupBy(routes, (route) => expressPath(route.path))) {
    for (const route of ofPath) {
      if (route.meta.uploads) {
        const call = serveUpload(route, services, createCaller, uploads);
        rest[methodName(route)](path, refuseOtherTypes(route), call);
        continue;
      }
      const call = serve(route, services, createCaller);
      if (route.method === "GET") rest.get(path, call);
      else rest[methodName(route)](path, refuseOtherTypes(route), bodyText(route), call);
      if (route.meta.formAndQuery) rest.get(path, call);
    }
    rest.all(path, refuseOtherMethods(methodsOf(ofPath)));
  }
  return rest;
}

/** Calls the procedure of a route and answers with what it comes to. */
function serve(
  route: RestRoute,
  services: Services,
  createCaller: ReturnType<typeof createCallerFactory>,
): RequestHandler {
  return async (request, response) => {
    const context = createApiContext(services, request);
    const cloudEvents = cloudEventCallOf(route, context, request);
    if (cloudEvents) {
      send(response, answerOf(route, request, await cloudEvents()));
      return;
    }
    const run =
      directCallOf(route, context) ??
      procedureOf(createCaller(context, { signal: untilGone(response) }), route);
    const input = readInput(route, request);
    if (route.meta.streams) {
      const pieces = (await run(input)) as AsyncIterable<string>;
      response.status(200).type(route.meta.streams).setHeader("Content-Disposition", "attachment");
      // Whoever asks for the head alone is not read a million lines for.
      if (request.method === "HEAD") response.end();
      else await sendPieces(response, pieces);
      return;
    }
    const { answer, isReplayed } = await answerOnce(route, request, context, input, async () =>
      answerOf(route, request, await run(input)),
    );
    if (isReplayed) response.setHeader("Idempotent-Replayed", "true");
    send(response, answer);
  };
}

/** Reads the file of a route's form, calls its procedure and answers with what it comes to. */
function serveUpload(
  route: RestRoute,
  services: Services,
  createCaller: ReturnType<typeof createCallerFactory>,
  gate: Gate,
): RequestHandler {
  return async (request, response) => {
    const context = createApiContext(services, request);
    // Before anything is read: nobody else makes the process hold megabytes.
    await permittedActor(context, route.meta.requires ?? "authenticated");
    const run = procedureOf(createCaller(context, { signal: untilGone(response) }), route);
    await gate(async () => {
      const upload = await readUpload(request, maximumSoundBytes);
      send(response, answerOf(route, request, await run({ ...upload })));
    });
  };
}

/** Aborted when the client goes away: what takes long need not be finished for nobody. */
function untilGone(response: Response): AbortSignal {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  return gone.signal;
}

type Call = (input: Record<string, unknown>) => Promise<unknown>;

function procedureOf(caller: unknown, route: RestRoute): Call {
  const found = route.procedure.reduce<unknown>(
    (node, name) => (node as Record<string, unknown>)[name],
    caller,
  );
  return found as Call;
}

function methodName(route: RestRoute): "post" | "put" | "patch" | "delete" {
  return route.method.toLowerCase() as "post" | "put" | "patch" | "delete";
}

function bodyText(route: RestRoute): RequestHandler {
  return express.text({
    type: () => true,
    limit: route.meta.bodyLimit ?? bodyLimit,
    defaultCharset: "utf-8",
  });
}

function refuseOtherTypes(route: RestRoute): RequestHandler {
  const types = [
    route.meta.uploads ? "multipart/form-data" : "application/json",
    ...(route.meta.formAndQuery ? ["application/x-www-form-urlencoded"] : []),
    ...cloudEventTypesOf(route),
  ];
  return (request, _response, next) => {
    const hasBody =
      request.headers["transfer-encoding"] !== undefined ||
      Number(request.headers["content-length"] ?? 0) > 0;
    if (hasBody && !request.is(types)) {
      throw new DomainError("UNSUPPORTED_MEDIA_TYPE", { detail: `Send ${types.join(" or ")}` });
    }
    next();
  };
}

/** What a procedure came to, as it is told over HTTP. */
function answerOf({ meta }: RestRoute, request: Request, result: unknown): KeptAnswer {
  const { successStatus: status = 200, location } = meta;
  if (status === 204) return { status, body: undefined };
  if (location === undefined || typeof result !== "object" || result === null || !("id" in result)) {
    return { status, body: result };
  }
  const path = location.replace("{id}", encodeURIComponent(String(result.id)));
  return { status, location: request.baseUrl + path, body: result };
}

function send(response: Response, { status, location, body }: KeptAnswer): void {
  if (location !== undefined) response.location(location);
  if (status === 204) response.status(204).end();
  else response.status(status).json(body);
}

/** Sends a long text as it is made, no faster than it is taken; whoever goes away ends its making. */
async function sendPieces(response: Response, pieces: AsyncIterable<string>): Promise<void> {
  try {
    // One piece ahead is enough, and as much memory as it takes.
    await pipeline(Readable.from(pieces, { highWaterMark: 1 }), response);
  } catch (error) {
    // The answer has begun: an error cannot be told any more, only that it is not whole.
    if (response.headersSent) response.destroy();
    else throw error;
  }
}

/** What the routes of one path take together. */
function methodsOf(routes: readonly RestRoute[]): string[] {
  const methods = routes.flatMap(({ method, meta }) => [
    method,
    ...(method === "GET" || meta.formAndQuery ? ["GET", "HEAD"] : []),
  ]);
  return [...new Set(methods)];
}

function refuseOtherMethods(methods: readonly string[]): RequestHandler {
  const allow = [...methods, "OPTIONS"].toSorted().join(", ");
  return (request, response) => {
    response.setHeader("Allow", allow);
    if (request.method === "OPTIONS") {
      response.status(204).end();
      return;
    }
    throw new DomainError("METHOD_NOT_ALLOWED", { detail: `This resource takes ${allow}` });
  };
}
