import type { ErrorCode } from "@tocsin/contracts/errors";
import type { Services } from "@tocsin/core/context";
import type { RequestHandler } from "express";
import { nothing } from "../rest/rest-targets.ts";
import type { BodyMemory } from "./body-memory.ts";
import { type Resolve, type Resolved, type Step, take } from "./exchange.ts";
import { openExchange } from "./open-exchange.ts";

declare module "express-serve-static-core" {
  interface Request {
    /** What the request asks for; undefined where it is no route of REST and no procedure. */
    resolved?: Resolved | undefined;
    /** What the request asks for, as metrics and logs name it: the route as it was declared, or `unmatched`. */
    routeName?: string;
    /** Why the request, or calls in it, were refused. */
    refusals?: ErrorCode[];
  }
}

/** Finds out, once and for all, what a request asks for. */
export function resolveTarget(doors: readonly Resolve[]): RequestHandler {
  return (request, _response, next) => {
    for (const resolve of doors) {
      request.resolved ??= resolve(request);
    }
    if (request.resolved) request.routeName = request.resolved.target.routeName;
    next();
  };
}

/** Takes each request through the steps; what was not found is refused by the last one. */
export function throughSteps(
  steps: readonly Step[],
  { services, bodies }: { services: Services; bodies: BodyMemory },
): RequestHandler {
  return async (request, response) => {
    const resolved = request.resolved ?? { target: nothing, parameters: {} };
    await take(openExchange(services, bodies, request, response, resolved), steps, services.log);
  };
}
