import type { Requirement } from "@tocsin/core/context";
import { DomainError } from "@tocsin/contracts/errors";
import { maximumDepth, readJson } from "@tocsin/contracts/read-json";
import { invalidAt } from "@tocsin/contracts/validation-failed";
import { getTRPCErrorShape, transformTRPCResponse } from "@trpc/server";
import { nodeHTTPRequestHandler } from "@trpc/server/adapters/node-http";
import type { Request } from "express";
import type { Exchange, Resolve, Target } from "../http/exchange.ts";
import { noteRefusal, setErrorHeaders } from "../http/problem.ts";
import type { RateLimitKind } from "../http/rate-limit.ts";
import { hasBody } from "../http/read-body.ts";
import { pathOf } from "../http/request-path.ts";
import type { AppRouter } from "../routers/v1.ts";
import type { ProcedureMeta } from "./init.ts";
import { toDomainError, toTrpcError } from "./to-domain-error.ts";

/** The most that the body of a call may have: one event; and where everybody may call. Bytes. */
const bodyLimit = 512 * 1024;
const publicBodyLimit = 16 * 1024;

/** The most calls of one batch. */
export const maximumBatch = 20;

/** What a batch and superjson add to the nesting of a body: the call's number, `json`. */
const envelopeDepth = 2;

const prefix = "/trpc";

/** What is read of a procedure. */
type Procedures = Readonly<Record<string, { _def: { meta?: ProcedureMeta } }>>;

/** One call of a request. */
interface Call {
  isKnown: boolean;
  limit: RateLimitKind;
  requires: Requirement;
}

/** Finds the procedures that a request of the typed client calls: by their names as they are, in no other spelling. */
export function resolveTrpc(router: AppRouter): Resolve {
  const procedures = router._def.procedures as unknown as Procedures;
  const callOf = (name: string): Call => {
    // A name of Object's prototype is no procedure.
    const meta = Object.hasOwn(procedures, name) ? procedures[name]?._def.meta : undefined;
    if (!meta) return { isKnown: false, limit: "api", requires: "public" };
    return { isKnown: true, limit: meta.limit ?? "api", requires: meta.requires ?? "authenticated" };
  };
  return (request) => {
    const path = pathOf(request);
    if (path !== prefix && !path.startsWith(`${prefix}/`)) return undefined;
    const text = path.slice(prefix.length + 1);
    const names = isBatch(request.originalUrl) ? text.split(",") : [text];
    return { target: targetOf(router, request.method, names, callOf), parameters: {} };
  };
}

/** As tRPC itself asks. */
function isBatch(url: string): boolean {
  const start = url.indexOf("?");
  return start >= 0 && new URLSearchParams(url.slice(start)).get("batch") === "1";
}

function targetOf(
  router: AppRouter,
  method: string,
  names: readonly string[],
  callOf: (name: string) => Call,
): Target {
  const refuse = refuseIn(router);
  if (names.length > maximumBatch) {
    const detail = `A batch may have at most ${maximumBatch} calls`;
    return { ...callable, refuse, ...failing(() => new DomainError("VALIDATION_FAILED", { detail })) };
  }
  const calls = names.map(callOf);
  if (calls.every(({ isKnown }) => !isKnown)) {
    return { ...callable, refuse, ...failing(() => new DomainError("NOT_FOUND")) };
  }
  const routeName = names.length > 1 ? prefix : `${prefix}/${names.join("")}`;
  if (method !== "GET" && method !== "POST") {
    return { ...callable, routeName, refuse, body: "unread", serve: refuseMethod };
  }
  const isPublic = calls.every(({ requires }) => requires === "public");
  const limit = isPublic ? publicBodyLimit : bodyLimit;
  return {
    routeName,
    refuse,
    limits: calls.map((call) => call.limit),
    requires: calls.map((call) => call.requires),
    body: method === "GET" ? "none" : { types: ["application/json"], limit, reading: "text" },
    serve: (exchange) => callProcedures(router, names.join(","), exchange),
  };
}

/** What is asked for where no procedure is called. */
const callable = {
  routeName: "unmatched",
  limits: ["api"],
  requires: ["public"],
} as const satisfies Partial<Target>;

function failing(error: () => DomainError): Pick<Target, "body" | "serve"> {
  return {
    body: "unread",
    serve() {
      throw error();
    },
  };
}

function refuseMethod({ request, response }: Exchange): void {
  response.setHeader("Allow", "GET, OPTIONS, POST");
  if (request.method !== "OPTIONS") throw new DomainError("METHOD_NOT_ALLOWED");
  response.status(204).end();
}

/** Checks what was sent as strictly as REST does, then lets tRPC call the procedures that were found. */
async function callProcedures(router: AppRouter, path: string, exchange: Exchange): Promise<void> {
  const { request, response, context } = exchange;
  if (request.get("idempotency-key") !== undefined) {
    throw invalidAt(
      ["Idempotency-Key"],
      "Is taken by REST alone; here it would go unnoticed. An event has a field for it",
      "unknown_field",
    );
  }
  refuseBadHost(request);
  if (!isBatch(request.originalUrl)) askForOneAnswer(request);
  refuseLooseJson(request.method === "GET" ? inputOf(request.originalUrl) : String(request.body));
  // Whoever says that a body is JSON and sends none is told so by tRPC.
  if (request.method === "POST" && !hasBody(request)) request.body = undefined;
  await nodeHTTPRequestHandler({
    router,
    req: request,
    res: response,
    path,
    maxBatchSize: maximumBatch,
    createContext: () => Promise.resolve(context),
    onError: ({ error }) => noteRefusal(request, toDomainError(error) ?? new DomainError("INTERNAL_ERROR")),
  });
}

/** A request that names no host is refused: RFC 9112, section 3.2. Else tRPC would fail to make a URL of it. */
function refuseBadHost({ headers }: Request): void {
  if (URL.canParse(`http://${headers.host ?? "localhost"}`)) return;
  throw invalidAt(["Host"], "Must be the name of a host", "invalid_format");
}

/** Only a batch is answered line by line. */
function askForOneAnswer(request: Request): void {
  delete request.headers["trpc-accept"];
  request.headers.accept = "application/json";
}

function inputOf(url: string): string {
  const start = url.indexOf("?");
  return (start < 0 ? null : new URLSearchParams(url.slice(start)).get("input")) ?? "";
}

function refuseLooseJson(text: string): void {
  // tRPC reads it once more, by JSON.parse.
  if (text !== "") readJson(text, { depth: maximumDepth + envelopeDepth, numbers: "double" });
}

/** Answers with an error from before tRPC had the request, in the form that its clients read. */
function refuseIn(router: AppRouter): Target["refuse"] {
  return ({ request, response, context }, told) => {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const config = router._def._config;
    const error = getTRPCErrorShape({
      config,
      error: toTrpcError(told),
      type: "unknown",
      path: undefined,
      input: undefined,
      ctx: context,
    });
    noteRefusal(request, told);
    setErrorHeaders(response, told);
    response.status(told.status).json(transformTRPCResponse(config, { error }));
  };
}
