import {
  maximumEventBytes,
  type SentBatch,
  type SentBatchItem,
  type SendEventInput,
  sendEventInputSchema,
  type SentEvent,
} from "@tocsin/contracts/api/events";
import { describeError, DomainError } from "@tocsin/contracts/errors";
import { RefusedItem } from "@tocsin/contracts/read-json";
import { pointerOf, validationFailed } from "@tocsin/contracts/validation-failed";
import type { Context } from "../context.ts";
import type { z } from "zod";
import { type PreparedEvent, prepareEvent } from "./prepare-event.ts";
import { expiryProblem } from "./expiry-problem.ts";
import { refuseOtherSource } from "./refuse-other-source.ts";
import { sourceOfKey } from "./source-of-key.ts";

/** How the events of a batch are written, and where they stand in the body. */
export interface BatchForm {
  schema: z.ZodType<SendEventInput>;
  at: readonly PropertyKey[];
}

const ownForm: BatchForm = { schema: sendEventInputSchema, at: ["events"] };

/**
 * Accepts many events: resolves once those that can be accepted are committed, with a result for each. One that is
 * refused does not hold up the others.
 * @throws DomainError UNAVAILABLE where none was stored, and some only because storing is not possible right now
 */
export async function sendEvents(
  ctx: Context,
  { events }: { events: readonly unknown[] },
  { schema, at }: BatchForm = ownForm,
): Promise<SentBatch> {
  const outcomes = await Promise.all(
    events.map((event, index) => accept(ctx, event, { schema, at: [...at, index] })),
  );
  const refusals = outcomes.filter((outcome) => outcome instanceof DomainError);
  const unavailable = refusals.find(({ code }) => code === "UNAVAILABLE");
  if (unavailable && refusals.length === outcomes.length) throw unavailable;
  const duplicates = outcomes.filter((outcome) => "duplicate" in outcome && outcome.duplicate).length;
  return {
    results: outcomes.map((outcome, index) => toResult(outcome, [...at, index])),
    accepted: outcomes.length - duplicates - refusals.length,
    duplicates,
    refused: refusals.length,
  };
}

/** What becomes of one event: why it is refused is an outcome like any other. */
async function accept(ctx: Context, event: unknown, form: BatchForm): Promise<SentEvent | DomainError> {
  try {
    return await ctx.intake.accept(prepare(ctx, event, form), ctx.request);
  } catch (error) {
    if (error instanceof DomainError) return error;
    throw error;
  }
}

function prepare(ctx: Context, event: unknown, { schema, at }: BatchForm): PreparedEvent {
  if (event instanceof RefusedItem) throw event.error;
  const input = schema.safeParse(event);
  if (!input.success) throw validationFailed(input.error, at);
  refuseOtherSource(ctx.actor, input.data.source, at);
  const problem = expiryProblem(input.data, ctx.clock(), at);
  if (problem) throw problem;
  const prepared = prepareEvent(input.data, ctx.request.id, sourceOfKey(ctx.actor) === null);
  if (Buffer.byteLength(prepared.payload) > maximumEventBytes) {
    throw new DomainError("PAYLOAD_TOO_LARGE", {
      detail: `An event may have at most ${maximumEventBytes} bytes`,
    });
  }
  return prepared;
}

function toResult(outcome: SentEvent | DomainError, at: readonly PropertyKey[]): SentBatchItem {
  if (!(outcome instanceof DomainError)) {
    return {
      outcome: outcome.duplicate ? "duplicate" : "accepted",
      id: outcome.id,
      status: outcome.status,
    };
  }
  const told = describeError(outcome);
  return {
    outcome: "refused",
    error: { ...told, errors: told.errors ?? [{ pointer: pointerOf(at), message: told.detail }] },
  };
}
