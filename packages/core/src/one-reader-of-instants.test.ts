import { sendEventInputSchema } from "@tocsin/contracts/api/events";
import { createSilenceInputSchema } from "@tocsin/contracts/api/silences";
import { cloudEventSchema } from "@tocsin/contracts/cloud-events";
import { eventEnvelopeSchema } from "@tocsin/contracts/stream";
import { explainCondition, parseCondition } from "@tocsin/rules-dsl";
import { describe, expect, it } from "vitest";

/** Instants as they are written somewhere, and what they are in UTC; null: none, or of a year that is not taken. */
const spellings: readonly (readonly [text: string, instant: string | null])[] = [
  ["2026-11-23T08:30:00Z", "2026-11-23T08:30:00.000Z"],
  ["2026-11-23T08:30:00.000+00:00", "2026-11-23T08:30:00.000Z"],
  ["2026-11-23T08:30:00+0000", "2026-11-23T08:30:00.000Z"],
  ["2026-11-23T08:30:00-00:00", "2026-11-23T08:30:00.000Z"],
  ["2026-11-23t08:30:00z", "2026-11-23T08:30:00.000Z"],
  ["2026-11-23T14:15:00.5+05:45", "2026-11-23T08:30:00.500Z"],
  ["2026-11-23T14:15:00+0545", "2026-11-23T08:30:00.000Z"],
  ["2026-11-22T20:30:00-1200", "2026-11-23T08:30:00.000Z"],
  ["2026-11-23T08:30:00.123456789Z", "2026-11-23T08:30:00.123Z"],
  ["2026-11-23T08:30:00.12345678901234567890Z", "2026-11-23T08:30:00.123Z"],
  ["2026-11-23T08:30Z", "2026-11-23T08:30:00.000Z"],
  ["2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"],
  ["2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
  ["1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"],
  ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
  ["1969-12-31T23:59:59.999Z", null],
  ["1970-01-01T00:00:00+14:00", null],
  ["9999-12-31T23:59:59-12:00", null],
  ["0001-01-01T00:00:00Z", null],
  ["0099-06-01T00:00:00Z", null],
  ["10000-01-01T00:00:00Z", null],
  ["+010000-01-01T00:00:00Z", null],
  ["-000001-01-01T00:00:00Z", null],
  ["2026-02-30T00:00:00Z", null],
  ["2025-02-29T00:00:00Z", null],
  ["2026-13-01T00:00:00Z", null],
  ["2026-00-01T00:00:00Z", null],
  ["2026-11-23T24:00:00Z", null],
  ["2026-11-23T08:60:00Z", null],
  ["2026-11-23T08:30:61Z", null],
  ["2026-11-23T08:30:00+24:00", null],
  ["2026-11-23T08:30:00+00:60", null],
  ["2026-11-23T08:30:00+01", null],
  ["2026-11-23T08:30:00 Z", null],
  [" 2026-11-23T08:30:00Z", null],
  ["2026-11-23T08:30:00Z\n", null],
  ["2026-11-23 08:30:00Z", null],
  ["2026-11-23T08:30:00,5Z", null],
  ["2026-11-23T08:30:00.Z", null],
  [`2026-11-23T08:30:00.${"0".repeat(60)}Z`, null],
  ["２０２６-11-23T08:30:00Z", null],
  ["1795423800", null],
  ["", null],
];

const event = { type: "a.b", source: "test", payload: {} };

/** What each door makes of a text where it wants an instant: the instant in UTC, or null. */
const doors: Record<string, (text: string) => string | null> = {
  "an event by the API": (occurredAt) =>
    sendEventInputSchema.safeParse({ ...event, occurredAt }).data?.occurredAt ?? null,
  "a CloudEvent": (time) =>
    cloudEventSchema.safeParse({ specversion: "1.0", id: "1", type: "a.b", source: "test", time }).data
      ?.occurredAt ?? null,
  "an event by the stream": (occurredAt) =>
    eventEnvelopeSchema.safeParse({ ...event, occurredAt }).data?.occurredAt ?? null,
  "a silence": (startsAt) =>
    createSilenceInputSchema.safeParse({ condition: "true", startsAt, endsAt: null, weekly }).data
      ?.startsAt ?? null,
  "a rule, of a text in an event": (text) => asSeenByRules(text),
};

const weekly = { days: ["monday"], start: "00:00", end: "00:00", timeZone: "UTC" };

/** Beside a date a text is read as one: it equals the one that it is, and has no order where it is none. */
function asSeenByRules(text: string): string | null {
  const facts = { id: "1", type: "a.b", source: "test", receivedAt: new Date(), payload: { at: text } };
  const truth = (condition: string) => explainCondition(parseCondition(condition), facts).truth;
  if (truth("event.at >= 1970-01-01") === "unknown") return null;
  const found = spellings.find(
    ([, instant]) => instant !== null && truth(`event.at == ${instant}`) === "true",
  );
  return found?.[1] ?? "another instant";
}

describe.each(Object.entries(doors))("%s", (_door, read) => {
  it.each(spellings)("reads %j as every other door does", (text, instant) => {
    expect(read(text)).toBe(instant);
  });
});

describe("a condition", () => {
  it.each(spellings.filter(([, instant]) => instant !== null))("may name %s", (text, instant) => {
    const facts = { id: "1", type: "a.b", source: "test", receivedAt: new Date(), payload: { at: instant } };
    expect(explainCondition(parseCondition(`event.at == ${text}`), facts).truth).toBe("true");
  });

  it.each(["0001-01-01T00:00:00Z", "1969-12-31", "9999-12-31T23:59:59-12:00", "2026-02-30T00:00:00Z"])(
    "may not name %s",
    (text) => {
      expect(() => parseCondition(`event.at == ${text}`)).toThrow(/is not a date/);
    },
  );
});
