import type { EventFacts } from "../event-facts.ts";

/** An event with a payload, for tests. */
export function eventWith(payload: unknown, fields: Partial<EventFacts> = {}): EventFacts {
  return {
    id: "event-1",
    type: "transfer.completed",
    source: "bank",
    receivedAt: "2026-03-01T12:00:00Z",
    payload,
    ...fields,
  };
}
