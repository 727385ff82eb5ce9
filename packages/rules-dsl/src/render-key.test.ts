import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventFacts } from "./event-facts.ts";
import { renderKey } from "./render-key.ts";
import { parseTemplate } from "./template.ts";

const eventWith = (payload: unknown): EventFacts => ({
  ...{ id: "1", type: "a", source: "test", payload },
  receivedAt: "2026-03-01T12:00:00Z",
});
const keyOf = (template: string, payload: unknown) => renderKey(parseTemplate(template), eventWith(payload));

describe("a key", () => {
  it.each([
    ["acct:{{ event.account }}", {}],
    ["acct:{{ event.account }}", { account: null }],
    ["acct:{{ event.account }}", { account: "" }],
    ["{{ event.a }}-{{ event.b }}", { a: "1" }],
    ["{{ event.a }}-{{ event.b }}", { b: "1" }],
    ["{{ event.a.b }}", { a: 1 }],
    ["{{ event.occurredAt }}", {}],
  ])("of %j is none for %j: a part is missing", (template, payload) => {
    expect(keyOf(template, payload)).toBeNull();
  });

  it.each([
    ["acct:{{ event.account | default: 'none' }}", {}, "acct:none"],
    ["{{ event.a }}{{ event.b | default: '' }}", { a: 1 }, "1"],
    ["{{ event.a }}", { a: 0 }, "0"],
    ["{{ event.a }}", { a: false }, "false"],
    ["all of them", {}, "all of them"],
  ])("of %j has all its parts in %j", (template, payload, text) => {
    expect(keyOf(template, payload)?.text).toBe(text);
  });

  it.each([
    ["one value", "acct:{{ event.a }}!", { a: "x:y" }],
    [
      "several that the text tells apart",
      "{{ event.a }}:{{ event.b }}:{{ event.c }}",
      { a: "x", b: "y", c: "z" },
    ],
    ["no value", "all", {}],
  ])("of %s is its text, as before: windows that are open stay open", (_what, template, payload) => {
    const key = keyOf(template, payload);
    expect(key?.identity).toEqual([key?.text]);
  });

  it("is that of the whole value, however long", () => {
    const long = "x".repeat(300_000);
    expect(keyOf("{{ event.a }}", { a: `${long}1` })).not.toEqual(keyOf("{{ event.a }}", { a: `${long}2` }));
    const list = Array.from({ length: 5000 }, (_, index) => index);
    expect(keyOf("{{ event.a }}", { a: [...list, 1] })).not.toEqual(
      keyOf("{{ event.a }}", { a: [...list, 2] }),
    );
  });

  it.each([
    ["{{ event.a }}{{ event.b }}", { a: "1", b: "23" }, { a: "12", b: "3" }],
    ["{{ event.a }}-{{ event.b }}", { a: "x-y", b: "z" }, { a: "x", b: "y-z" }],
    ["{{ event.a }}--{{ event.b }}", { a: "x-", b: "y" }, { a: "x", b: "-y" }],
    ["{{ event.a }}-{{ event.b }}-{{ event.c }}", { a: "1", b: "2-3", c: "4" }, { a: "1-2", b: "3", c: "4" }],
  ])("of %j tells %j and %j apart, though the text does not", (template, one, other) => {
    const [first, second] = [keyOf(template, one), keyOf(template, other)];
    expect(first?.text).toBe(second?.text);
    expect(first?.identity.join("\0")).not.toBe(second?.identity.join("\0"));
  });

  it("is the same exactly where every part is", () => {
    const value = fc.array(fc.constantFrom("a", "-", ":", "\0", '"', "parts"), {
      minLength: 1,
      maxLength: 5,
    });
    const texts = value.map((some) => some.join(""));
    const template = fc
      .array(fc.constantFrom("", "-", ":", "a", "--"), { minLength: 3, maxLength: 3 })
      .map(([x = "", y = "", z = ""]) => `${x}{{ event.a }}${y}{{ event.b }}${z}`);
    const pair = fc.record({ a: texts, b: texts });
    fc.assert(
      fc.property(template, pair, pair, (source, one, other) => {
        const isSame = one.a === other.a && one.b === other.b;
        const ids = [one, other].map((payload) => keyOf(source, payload)?.identity.join("\0"));
        expect(ids[0] === ids[1]).toBe(isSame);
      }),
      { numRuns: 2000 },
    );
  });
});
