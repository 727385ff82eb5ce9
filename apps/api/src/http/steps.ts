import { DomainError } from "@tocsin/contracts/errors";
import { knownActor, permittedActor } from "../trpc/init.ts";
import { isAwaited } from "./awaited-bodies.ts";
import type { Exchange, Step } from "./exchange.ts";
import { hasBody, lengthOf, readBody, tooLarge } from "./read-body.ts";
import type { RateLimits } from "./rate-limit.ts";

/**
 * How much may they: counts each call against its limit, for whom its credentials alone tell it comes from. Asks nobody
 * who they are, so that whoever guesses is counted first.
 */
export function countCalls(limits: RateLimits): Step {
  return async ({ target, caller, response }) => {
    const [first, ...others] = target.limits;
    if (first === undefined) return;
    if (others.length === 0) await limits[first].count(caller, response);
    else
      await Promise.all(target.limits.map((kind) => Promise.resolve(limits[kind].count(caller, response))));
  };
}

/**
 * Who are they, for certain, and may they: nobody else has a body read. Of a batch one permitted call is enough; each
 * is asked again by its procedure.
 */
export const admitCaller: Step = async ({ target: { requires }, context }) => {
  if (requires.every((requirement) => requirement === "public")) return;
  await knownActor(context);
  const refusals: unknown[] = [];
  for (const requirement of requires) {
    try {
      await permittedActor(context, requirement);
      return;
    } catch (error) {
      refusals.push(error);
    }
  }
  throw refusals[0];
};

/** What do they send: reads the body within its budget of bytes, memory and time. */
export const receiveBody: Step = async ({ target, request, response, memory }) => {
  request.body = "";
  if (target.body === "unread" || !hasBody(request)) return;
  if (target.body === "none") throw new DomainError("VALIDATION_FAILED", { detail: "This takes no body" });
  const { types, limit, reading } = target.body;
  if (!request.is([...types])) {
    throw new DomainError("UNSUPPORTED_MEDIA_TYPE", { detail: `Send ${types.join(" or ")}` });
  }
  if (lengthOf(request) > limit) throw tooLarge(limit);
  if (isAwaited(request)) response.writeContinue();
  if (reading === "text") request.body = await readBody(request, { limit, memory });
  else memory.hold(lengthOf(request) || limit);
};

/** What becomes of it: checks what was sent, does it and answers. */
export const serveTarget: Step = (exchange: Exchange) => exchange.target.serve(exchange);
