import { describe, expect, it } from "vitest";
import { eventIdOf, readEntry } from "./stream-entry.ts";

const id = "0198c0de-0000-7000-8000-000000000000";
const entry = (value: unknown) => ({ streamId: "1700000000000-3", fields: ["event", JSON.stringify(value)] });

const event = { type: "a.b", source: "s" };

const text = (value: unknown) => JSON.stringify(value);
const nested = (depth: number): object => (depth === 1 ? {} : { a: nested(depth - 1) });

/** So many seconds after the entries of these tests were added. */
const added = (seconds: number) => new Date(1_700_000_000_000 + seconds * 1000).toISOString();

describe("readEntry", () => {
  it("reads a pointer to a stored event", () => {
    expect(readEntry(entry({ id, correlationId: "r1", size: 830 }))).toEqual({
      kind: "stored",
      streamId: "1700000000000-3",
      eventId: id,
      size: 830,
    });
  });

  it("reads a pointer of a later version, which tells more", () => {
    expect(readEntry(entry({ id, correlationId: "r1", size: 830, lane: "express" }))).toMatchObject({
      kind: "stored",
      eventId: id,
    });
  });

  it.each([
    ["fields of its own beside", { fields: ["event", text({ id }), "version", "2", "lane", "express"] }],
    ["fields of its own before", { fields: ["version", "2", "event", text({ id })] }],
    ["another form of what is told today", entry({ id, correlationId: { trace: "r1" }, size: "830" })],
    ["nothing where something is told today", entry({ id, correlationId: null, size: null })],
    ["a size that is none", entry({ id, size: -1 })],
  ])("reads a pointer of a later version with %s, as one that tells no size", (_case, raw) => {
    const streamId = "1700000000000-3";
    expect(readEntry({ streamId, ...raw })).toEqual({ kind: "stored", streamId, eventId: id });
  });

  it("keeps the whole of an event that lacks something, however much it looks like a pointer", () => {
    for (const part of [{ type: 1 }, { source: "payments" }, { payload: { amount: 1 } }]) {
      expect(readEntry(entry({ id, ...part }))).toMatchObject({
        kind: "unreadable",
        body: expect.stringContaining(JSON.stringify(part).slice(1, -1)),
      });
    }
  });

  it("reads a pointer that tells no size", () => {
    expect(readEntry(entry({ id }))).toEqual({
      kind: "stored",
      streamId: "1700000000000-3",
      eventId: id,
    });
  });

  it("reads an event of another back end under the id that it brings", () => {
    expect(readEntry(entry({ id, type: "a.b", source: "s" }))).toMatchObject({ kind: "direct", eventId: id });
  });

  it("gives an event without an id the same id at every delivery", () => {
    const [first, second] = [1, 2].map(() => readEntry(entry({ type: "a.b", source: "s" })));
    expect(first).toEqual(second);
    expect(first).toMatchObject({ kind: "direct", eventId: eventIdOf("1700000000000-3") });
  });

  it("keeps the digits of numbers that a double does not hold", () => {
    const body =
      '{"type":"a.b","source":"s","payload":{"id":9007199254740993,"rate":0.12345678901234567890}}';
    const read = readEntry({ streamId: "1700000000000-3", fields: ["event", body] });
    expect(JSON.stringify("envelope" in read && read.envelope.payload)).toBe(
      '{"id":9007199254740993,"rate":0.12345678901234567890}',
    );
  });

  it("keeps no more of what it cannot read than an event may have", () => {
    const read = readEntry({ streamId: "1-1", fields: ["event", "🚨".repeat(1_000_000)] });
    expect(read).toMatchObject({ kind: "unreadable", error: expect.stringMatching(/at most 524288 bytes/) });
    expect("body" in read && read.body.length).toBe(524_288);
    expect("body" in read && read.body.isWellFormed()).toBe(true);
  });

  it.each([
    ["shortly before it was added, where it does not say when it happened", { expiresAt: added(-15 * 60) }],
    ["after it happened, however late it is added", { occurredAt: added(-7200), expiresAt: added(-3600) }],
    ["as far ahead as may be", { expiresAt: added(3653 * 86_400) }],
    ["in another zone", { expiresAt: "2023-11-15T04:13:20+0545" }],
  ])("takes an event that expires %s", (_case, times) => {
    expect(readEntry(entry({ ...event, ...times }))).toMatchObject({ kind: "direct" });
  });

  it("makes ids that are UUIDs of version 7 and grow with the stream", () => {
    expect(eventIdOf("1700000000000-3")).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(eventIdOf("1700000000000-3") < eventIdOf("1700000000001-0")).toBe(true);
    expect(eventIdOf("1700000000000-3")).not.toBe(eventIdOf("1700000000000-4"));
  });

  it.each([
    ["no field of the right name", { streamId: "1-1", fields: ["other", "{}"] }],
    ["no field at all", { streamId: "1-1", fields: [] }],
    ["broken JSON", { streamId: "1-1", fields: ["event", "{"] }],
    ["no type", entry({ source: "s" })],
    ["an id that is none", entry({ id: "1", type: "a", source: "s" })],
    ["a payload that is a list", entry({ type: "a", source: "s", payload: [] })],
    ["null", entry(null)],
    ["a second event", { streamId: "1-1", fields: ["event", text(event), "event", text(event)] }],
    ["an event as the name of a field", { streamId: "1-1", fields: ["other", "event", text(event), ""] }],
    ["bytes that are no UTF-8", { ...entry(event), isUtf8: false }],
    [
      "a name given twice",
      { streamId: "1-1", fields: ["event", '{"type":"a.b","type":"a.c","source":"s"}'] },
    ],
    ["an envelope that nests too deeply", entry({ ...event, payload: nested(32) })],
    ["more bytes than an event may have", entry({ ...event, payload: { text: "é".repeat(262_144) } })],
    ["half of a surrogate pair", entry({ ...event, dedupKey: "\ud800" })],
    ["a number that nobody computes with", { streamId: "1-1", fields: ["event", `{"n":1e400,"type":"a"}`] }],
    ["Go's zero time as its end", entry({ ...event, expiresAt: "0001-01-01T00:00:00Z" })],
    ["an end before it happened", entry({ ...event, occurredAt: added(0), expiresAt: added(-1) })],
    ["an end long before it was added", entry({ ...event, expiresAt: added(-16 * 60) })],
    ["an end absurdly far ahead", entry({ ...event, expiresAt: added(3653 * 86_400 + 1) })],
  ])("calls an entry with %s unreadable", (_case, raw) => {
    expect(readEntry(raw)).toMatchObject({ kind: "unreadable", error: expect.stringMatching(/./) });
  });
});
