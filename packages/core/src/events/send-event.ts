import type { SendEventInput, SentEvent } from "@tocsin/contracts/api/events";
import type { Context } from "../context.ts";
import { prepareEvent } from "./prepare-event.ts";

/**
 * Accepts an event: resolves once it is committed, so that from here on it cannot be lost.
 * @throws DomainError UNAVAILABLE, IDEMPOTENCY_KEY_REUSED
 */
export async function sendEvent(ctx: Context, input: SendEventInput): Promise<SentEvent> {
  return ctx.intake.accept(prepareEvent(input, ctx.request.id));
}
