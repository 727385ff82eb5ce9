import { describe, expect, it } from "vitest";
import { prepareEvent } from "./prepare-event.ts";
import { collapseEqualKeys, settleEvent } from "./settle-events.ts";

function event(idempotencyKey?: string, amount = 1) {
  return prepareEvent(
    {
      type: "a",
      source: "s",
      payload: { amount },
      action: "trigger",
      ...(idempotencyKey && { idempotencyKey }),
    },
    null,
  );
}

function holderOf(holder: ReturnType<typeof event>) {
  if (!holder.idempotencyHash) throw new Error("The event has no key");
  return {
    id: holder.id,
    status: "processed",
    bodyHash: holder.bodyHash,
    idempotencyHash: holder.idempotencyHash,
  } as const;
}

describe("settleEvent", () => {
  it("calls an event without a key new", () => {
    const sent = event();
    expect(settleEvent(sent, undefined)).toEqual({
      stored: { id: sent.id, status: "received", duplicate: false },
    });
  });

  it("calls an event that holds its key itself new", () => {
    const sent = event("k");
    expect(settleEvent(sent, holderOf(sent))).toMatchObject({ stored: { id: sent.id, duplicate: false } });
  });

  it("answers a second event of the same key and body with the first one's id and state", () => {
    const first = event("k");
    expect(settleEvent(event("k"), holderOf(first))).toEqual({
      stored: { id: first.id, status: "processed", duplicate: true },
    });
  });

  it("knows the body of an event that the version before stored", () => {
    const first = event("k");
    const holder = { ...holderOf(first), bodyHash: first.earlierBodyHash() };
    expect(settleEvent(event("k"), holder)).toMatchObject({ stored: { id: first.id, duplicate: true } });
    expect(settleEvent(event("k", 2), holder)).toEqual({ refused: "key_reused" });
  });

  it("refuses a second event of the same key with another body", () => {
    expect(settleEvent(event("k", 2), holderOf(event("k", 1)))).toEqual({ refused: "key_reused" });
  });
});

describe("collapseEqualKeys", () => {
  it("keeps the first of each key and every event without one", () => {
    const [first, second, other, free, alsoFree] = [event("k"), event("k"), event("l"), event(), event()];
    const kept = collapseEqualKeys([first, second, other, free, alsoFree]);
    expect(new Set(kept)).toEqual(new Set([first, other, free, alsoFree]));
  });

  it("orders by key, whatever order the requests came in", () => {
    const events = [event("c"), event("a"), event("b")];
    expect(collapseEqualKeys(events)).toEqual(collapseEqualKeys(events.toReversed()));
  });
});
