import type { Services } from "@tocsin/core/context";
import type { Request, Response } from "express";
import { createApiContext } from "../trpc/context.ts";
import type { BodyMemory } from "./body-memory.ts";
import { callerOf } from "./caller.ts";
import type { Exchange, Resolved } from "./exchange.ts";

/** Makes the exchange of a request whose target is found. */
export function openExchange(
  services: Services,
  bodies: BodyMemory,
  request: Request,
  response: Response,
  { target, parameters }: Resolved,
): Exchange {
  const context = createApiContext(services, request);
  const caller = callerOf(context, target.requires);
  return { request, response, target, parameters, context, caller, memory: bodies.begin(caller) };
}
