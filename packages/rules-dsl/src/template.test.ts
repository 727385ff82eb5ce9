import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { InvalidTemplateError } from "./errors.ts";
import { parseTemplate, renderTemplate } from "./template.ts";
import { event } from "./testing/arbitraries.ts";
import { eventWith } from "./testing/events.ts";

const facts = eventWith({ amount: 1e21, name: "Zoë", list: [1, "a"], empty: "", nothing: null, no: false });

describe("renderTemplate", () => {
  it.each([
    ["plain } text { with {braces}", "plain } text { with {braces}"],
    ["{{event.amount}}|{{ event.name }}|{{\nevent.no\n}}", "1e+21|Zoë|false"],
    ["{{ event.list }} {{ event.list[1] }}", '[1,"a"] a'],
    ["{{ event.nothing }}{{ event.missing }}", ""],
    ['{{ event.nothing | default: "none" }} {{ event.empty | default: "none" }}', "none "],
    ["{{ event.missing|default:'}} it\"s' }}", '}} it"s'],
    ['{{ event.missing | default: "a\\n\\u0041\\"" }}', 'a\nA"'],
    ['{{ event["na" ] }}{{ event["name"] }}', "Zoë"],
    ["{{ event.constructor }}{{ event.__proto__ }}{{ event.list.length }}", ""],
    ["{{ event.receivedAt }}", "2026-03-01T12:00:00.000Z"],
    ["", ""],
  ])("renders %j as %j", (source, text) => {
    expect(renderTemplate(parseTemplate(source), facts)).toBe(text);
  });

  it("cuts long values without cutting a character in two", () => {
    const rendered = renderTemplate(
      parseTemplate("{{ event.a }}"),
      eventWith({ a: `x${"💥".repeat(1200)}` }),
    );
    expect(rendered).toBe(`x${"💥".repeat(998)}…`);
  });

  it("never throws and leaves texts alone", () => {
    const template = parseTemplate(
      "a {{ event.amount }} b {{ event.nested }} {{ event.tags }}{{ event.at }}",
    );
    fc.assert(
      fc.property(event, (any) => {
        expect(renderTemplate(template, any)).toMatch(/^a .* b /s);
      }),
      { seed: 20260301 },
    );
  });
});

describe("parseTemplate", () => {
  it.each([
    ["a {{ event.a", 1, 3, "{{"],
    ["a\n {{ payload.a }}", 2, 2, "{{ payload.a }}"],
    ["{{ event }}", 1, 1, "{{ event }}"],
    ["{{ event.a | upper }}", 1, 1, "{{ event.a | upper }}"],
    ["{{ event.a | default: none }}", 1, 1, "{{ event.a | default: none }}"],
    ["{{ event.a + 1 }}", 1, 1, "{{ event.a + 1 }}"],
    ["{{#if event.a}}", 1, 1, "{{#if event.a}}"],
    ["{{}}", 1, 1, "{{}}"],
  ])("refuses %j with its place", (source, line, column, found) => {
    expect(() => parseTemplate(source)).toThrow(InvalidTemplateError);
    expect(() => parseTemplate(source)).toThrow(
      expect.objectContaining({ code: "INVALID_TEMPLATE", line, column, found }) as Error,
    );
  });

  it("refuses long templates before reading them, and hostile ones at once", () => {
    expect(() => parseTemplate("x".repeat(4097))).toThrow("at most 4096 bytes");
    for (const source of [
      "{{".repeat(2000),
      `{{ event${" .".repeat(2000)} }}`,
      `{{ event.a | default: "${"\\".repeat(4000)}`,
    ]) {
      expect(() => parseTemplate(source)).toThrow(InvalidTemplateError);
    }
  });
});
