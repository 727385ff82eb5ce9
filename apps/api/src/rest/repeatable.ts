import { type Claim, claimAnswer, type KeptAnswer } from "@tocsin/core/idempotency/claim-answer";
import { isInDoubt } from "@tocsin/db/errors";
import { invalidAt } from "@tocsin/contracts/validation-failed";
import type { Exchange } from "../http/exchange.ts";
import { permittedActor } from "../trpc/init.ts";
import { toDomainError } from "../trpc/to-domain-error.ts";
import { readKeyHeader } from "./idempotency-key.ts";
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

/** A request that may have been made before. */
interface MaybeRepeated {
  route: RestRoute;
  /** Where the routes are. */
  prefix: string;
  exchange: Exchange;
  input: Record<string, unknown>;
}

/**
 * Makes a request once for each `Idempotency-Key` of its caller, and gives its answer again after that. Whoever lost
 * the permission in between is refused. What failed may be tried again with the same key, except where it may have been
 * done all the same.
 * @throws DomainError whatever claiming and `make` throw
 */
export async function answerOnce(
  repeated: MaybeRepeated,
  make: () => Promise<KeptAnswer>,
): Promise<{ answer: KeptAnswer; isReplayed: boolean }> {
  const claim = await claimOf(repeated);
  if (claim?.answer) return { answer: claim.answer, isReplayed: true };
  try {
    const answer = await make();
    await claim?.keep(answer);
    return { answer, isReplayed: false };
  } catch (error) {
    await (mayHaveBeenMade(error) ? claim?.doubt() : claim?.release());
    throw error;
  }
}

/** A request that was refused, or never reached the database, changed nothing. */
function mayHaveBeenMade(error: unknown): boolean {
  const told = toDomainError(error);
  if (!told || told.code === "INTERNAL_ERROR") return true;
  return told.code === "UNAVAILABLE" && isInDoubt(error);
}

async function claimOf({ route, prefix, exchange, input }: MaybeRepeated): Promise<Claim | undefined> {
  const { request, context, parameters } = exchange;
  if (request.method !== "POST" || !takesIdempotencyKey(route)) return undefined;
  const key = readKeyHeader(request);
  if (key === undefined) return undefined;
  if (!acceptable.test(key)) {
    throw invalidAt(["Idempotency-Key"], "Must be 1 to 255 printable ASCII characters", "invalid_format");
  }
  const actor = await permittedActor(context, route.meta.requires ?? "authenticated");
  // Whoever has no id of their own cannot be told from others.
  if (!("id" in actor)) return undefined;
  const callerId = `${actor.type}:${actor.id}`;
  // Made of what was resolved, not of what was typed: %61 and a are the same id.
  const path = Object.keys(parameters).reduce(
    (filled, name) => filled.replace(`{${name}}`, String(input[name])),
    prefix + route.path,
  );
  return claimAnswer(context.services, { callerId, route: `POST ${path}`, key, input });
}
