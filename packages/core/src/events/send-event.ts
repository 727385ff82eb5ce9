import type { SendEventInput, SentEvent } from "@tocsin/contracts/api/events";
import type { Context } from "../context.ts";
import { prepareEvent } from "./prepare-event.ts";
import { expiryProblem } from "./expiry-problem.ts";
import { refuseOtherSource } from "./refuse-other-source.ts";
import { sourceOfKey } from "./source-of-key.ts";

/**
 * Accepts an event: resolves once it is committed, so that from here on it cannot be lost.
 * @throws DomainError UNAVAILABLE, IDEMPOTENCY_KEY_REUSED, SOURCE_FORBIDDEN, VALIDATION_FAILED
 */
export async function sendEvent(ctx: Context, input: SendEventInput): Promise<SentEvent> {
  refuseOtherSource(ctx.actor, input.source);
  const problem = expiryProblem(input, ctx.clock());
  if (problem) throw problem;
  return ctx.intake.accept(prepareEvent(input, ctx.request.id, sourceOfKey(ctx.actor) === null), ctx.request);
}
