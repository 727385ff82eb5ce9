import { expect, it } from "vitest";
import { whyNoKey } from "./why-no-key.ts";

const event = (payload: unknown, dedupKey: string | null = null) => ({
  ...{ id: "1", type: "a", source: "payments", payload, dedupKey },
  receivedAt: "2026-03-01T12:00:00Z",
});
const rule = (dedupKeyTemplate: string | null, dedupWindowSeconds = 60) => ({
  dedupKeyTemplate,
  dedupWindowSeconds,
});

it("an event that lacks parts of its rule's key is told which", () => {
  const template = "{{ event.a }}:{{ event.b }}:{{ event.b }}:{{ event.c }}:{{ event.d | default: '-' }}";
  expect(whyNoKey(rule(template), event({ c: 1 }))).toBe(
    "It has no dedup key, because event.a and event.b are missing, so it is folded into no other alert.",
  );
  expect(whyNoKey(rule("{{ event.a }}"), event({ a: "" }))).toContain("because event.a is missing");
});

it("an event that brings no key is told so where its rule goes by that", () => {
  expect(whyNoKey(rule(null), event({}))).toContain("without a dedupKey");
  expect(whyNoKey(rule(null), event({}, "key"))).toBeUndefined();
});

it.each([
  ["has a whole key", rule("{{ event.a }}"), event({ a: 0 })],
  ["is of a rule that folds nothing", rule("{{ event.a }}", 0), event({})],
  ["is of a rule whose template is none any more", rule("{{ event.a"), event({})],
  ["is of a version that is not known any more", undefined, event({})],
])("nothing is said of an event that %s", (_what, snapshot, some) => {
  expect(whyNoKey(snapshot, some)).toBeUndefined();
});
