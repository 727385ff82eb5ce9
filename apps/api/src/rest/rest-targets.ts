import type { Requirement, Services } from "@tocsin/core/context";
import { maximumSoundBytes } from "@tocsin/contracts/api/sounds";
import { DomainError } from "@tocsin/contracts/errors";
import type { AnyRouter } from "@trpc/server";
import type { BodyRules, Exchange, Resolve, Target } from "../http/exchange.ts";
import { sendProblem } from "../http/problem.ts";
import { pathOf } from "../http/request-path.ts";
import { createCallerFactory } from "../trpc/init.ts";
import { cloudEventTypesOf } from "./cloud-events.ts";
import { matchPath } from "./match-path.ts";
import { envelopeBytes } from "./read-upload.ts";
import { type RestRoute, restRoutes } from "./routes.ts";
import { serveRoute } from "./serve-route.ts";
import { serveUpload } from "./serve-upload.ts";
import { createUploadGate } from "./upload-gate.ts";

/** The most that a body may have where the route says nothing else: of callers who are known, and of everybody. Bytes. */
const bodyLimit = 100 * 1024;
const publicBodyLimit = 16 * 1024;

/** How many files one process holds in memory at once, and how many of them may be one caller's. */
export const maximumUploads = 8;
export const maximumUploadsOfCaller = 2;

export interface RestOptions {
  services: Services;
  /** Where the routes are: `/api/v1`. */
  prefix: string;
}

/** Finds the route of REST that a request asks for: exactly as it is declared, in no other spelling. */
export function resolveRest(appRouter: AnyRouter, options: RestOptions): Resolve {
  const { prefix } = options;
  const createCaller = createCallerFactory(appRouter);
  const uploads = createUploadGate({ all: maximumUploads, ofCaller: maximumUploadsOfCaller });
  const serverOf = (route: RestRoute) =>
    route.meta.uploads
      ? serveUpload(route, { ...options, createCaller, gate: uploads })
      : serveRoute(route, { ...options, createCaller });

  const paths = [...Map.groupBy(restRoutes(appRouter), ({ path }) => path)].map(([path, routes]) => {
    const routeName = prefix + path;
    const targets = new Map<string, Target>();
    for (const route of routes) {
      const target = targetOf(route, routeName, serverOf(route));
      targets.set(route.method, target);
      const asQuery: Target = { ...target, body: "none" };
      if (route.meta.formAndQuery) targets.set("GET", asQuery);
      if (targets.has("GET")) targets.set("HEAD", targets.get("GET") ?? target);
    }
    return { path, targets, others: otherMethods(routeName, [...targets.keys()]) };
  });
  const match = matchPath(paths);

  return (request) => {
    const path = pathOf(request);
    if (!path.startsWith(`${prefix}/`)) return undefined;
    const found = match(path.slice(prefix.length));
    if (!found) return undefined;
    const { item, parameters } = found;
    return { target: item.targets.get(request.method) ?? item.others, parameters };
  };
}

const refuse = ({ request, response }: Exchange, error: DomainError): void => {
  // An answer that has begun cannot be taken back, only broken off.
  if (response.headersSent) response.destroy();
  else sendProblem(request, response, error);
};

function targetOf(route: RestRoute, routeName: string, serve: Target["serve"]): Target {
  const requires: Requirement = route.meta.requires ?? "authenticated";
  return {
    routeName,
    limits: [route.meta.limit ?? "api"],
    requires: [requires],
    body: bodyOf(route, requires),
    serve,
    refuse,
  };
}

function bodyOf(route: RestRoute, requires: Requirement): BodyRules | "none" {
  const { method, meta } = route;
  if (method === "GET" || method === "DELETE") return "none";
  if (meta.uploads) {
    return { types: ["multipart/form-data"], limit: maximumSoundBytes + envelopeBytes, reading: "form" };
  }
  const form = meta.formAndQuery ? ["application/x-www-form-urlencoded"] : [];
  return {
    types: ["application/json", ...form, ...cloudEventTypesOf(route)],
    limit: meta.bodyLimit ?? (requires === "public" ? publicBodyLimit : bodyLimit),
    reading: "text",
  };
}

/** What a path does not take: OPTIONS is told what it does. */
function otherMethods(routeName: string, methods: readonly string[]): Target {
  const allow = [...methods, "OPTIONS"].toSorted().join(", ");
  return {
    ...nothingAt(routeName),
    serve({ request, response }) {
      response.setHeader("Allow", allow);
      if (request.method !== "OPTIONS") {
        throw new DomainError("METHOD_NOT_ALLOWED", { detail: `This resource takes ${allow}` });
      }
      response.status(204).end();
    },
  };
}

/** What is asked for where nothing is. */
export const nothing: Target = nothingAt("unmatched");

function nothingAt(routeName: string): Target {
  return {
    routeName,
    limits: ["api"],
    requires: ["public"],
    body: "unread",
    serve() {
      throw new DomainError("NOT_FOUND");
    },
    refuse,
  };
}
