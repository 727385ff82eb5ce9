import type { Services } from "@tocsin/core/context";
import { type Claim, claimAnswer, type KeptAnswer } from "@tocsin/core/idempotency/claim-answer";
import { invalidAt } from "@tocsin/contracts/validation-failed";
import type { Request } from "express";
import type { ApiContext } from "../trpc/context.ts";
import { permittedActor } from "../trpc/init.ts";
import type { RestRoute } from "./routes.ts";

/** What a caller may choose as a key: printable, as header fields are. */
const acceptable = /^[\u0021-\u007e]{1,255}$/;

/** Whether a route takes `Idempotency-Key` and answers a repeated request as it did the first time. */
export function takesIdempotencyKey({ method, meta, isMutation }: RestRoute): boolean {
  return (
    method === "POST" &&
    isMutation &&
    meta.requires !== "public" &&
    !meta.idempotencyHeader &&
    !meta.answerIsNotKept
  );
}

/**
 * Makes a request once for each `Idempotency-Key` of its caller, and gives its answer again after that. Whoever lost
 * the permission in between is refused, and what failed may be tried again with the same key.
 * @throws DomainError whatever claiming and `make` throw
 */
export async function answerOnce(
  route: RestRoute,
  request: Request,
  context: ApiContext,
  input: unknown,
  make: () => Promise<KeptAnswer>,
): Promise<{ answer: KeptAnswer; isReplayed: boolean }> {
  const claim = await claimOf(route, request, context, input);
  if (claim?.answer) return { answer: claim.answer, isReplayed: true };
  try {
    const answer = await make();
    await claim?.keep(answer);
    return { answer, isReplayed: false };
  } catch (error) {
    await claim?.release();
    throw error;
  }
}

async function claimOf(
  route: RestRoute,
  request: Request,
  context: ApiContext,
  input: unknown,
): Promise<Claim | undefined> {
  const key = request.get("idempotency-key");
  if (key === undefined || request.method !== "POST" || !takesIdempotencyKey(route)) return undefined;
  if (!acceptable.test(key)) {
    throw invalidAt(["Idempotency-Key"], "Must be 1 to 255 printable ASCII characters", "invalid_format");
  }
  const actor = await permittedActor(context, route.meta.requires ?? "authenticated");
  // Whoever has no id of their own cannot be told from others.
  if (!("id" in actor)) return undefined;
  const callerId = `${actor.type}:${actor.id}`;
  const services: Services = context.services;
  return claimAnswer(services, { callerId, route: `POST ${request.baseUrl}${request.path}`, key, input });
}
