import { parseExactly } from "@tocsin/contracts/exact-number";
import type { ProcessedEvent } from "./explain-no-match.ts";
import { type KeptPayload, payloadAsText } from "./kept-payload.ts";

/** An event's row, as far as explanations need it. */
export type StoredFacts = ProcessedEvent & KeptPayload;

/** The same as a thread is sent it: its payload as JSON, so that numbers keep their digits. */
export type ThreadFacts = Omit<ProcessedEvent, "payload"> & { payload: string };

/** The event without what its row has beside, which threads do not need to be sent. */
export function factsForThread(event: StoredFacts): ThreadFacts {
  const { id, type, source, action, dedupKey, receivedAt, occurredAt, status } = event;
  return {
    ...{ id, type, source, action, receivedAt, status },
    payload: payloadAsText(event),
    ...(dedupKey !== undefined && { dedupKey }),
    ...(occurredAt !== undefined && { occurredAt }),
  };
}

/** What {@link factsForThread} was given, in the thread. */
export function factsInThread(facts: ThreadFacts): ProcessedEvent {
  return { ...facts, payload: parseExactly(facts.payload) };
}
