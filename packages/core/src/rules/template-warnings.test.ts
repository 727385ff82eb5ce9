import { describe, expect, it } from "vitest";
import { parseRuleTemplates, type TemplateTexts } from "../pipeline/render-alert.ts";
import { templateWarnings } from "./template-warnings.ts";

const event = (payload: unknown) => ({
  ...{ id: "1", type: "a", source: "payments", payload },
  receivedAt: "2026-03-01T12:00:00Z",
});
const warned = (texts: Partial<TemplateTexts>, payloads: unknown[] = [], dedupWindowSeconds = 60) =>
  templateWarnings(
    { dedupWindowSeconds },
    parseRuleTemplates({ title: "A title", message: "", dedupKeyTemplate: null, action: null, ...texts }),
    payloads.map(event),
  ).map(({ code, source }) => `${code} ${source}`);

describe("without an event a warning tells of", () => {
  it.each([
    ["{{ event.a }}", ["EMPTY_TITLE event.a"]],
    ["{{ event.a }} {{ event.b | default: ' ' }}", ["EMPTY_TITLE event.a"]],
    ["Transfer {{ event.a }}", []],
    ["{{ event.type }}", []],
    ["{{ event.a | default: 'none' }}", []],
  ])("a title that may be empty: %j", (title, warnings) => expect(warned({ title })).toEqual(warnings));

  it.each([
    ["acct:{{ event.account }}", ["MISSING_KEY_PART event.account"]],
    ["{{ event.a }}{{ event.a }}{{ event.b }}", ["MISSING_KEY_PART event.a", "MISSING_KEY_PART event.b"]],
    ["{{ event.type }}/{{ event.source }}/{{ event.a | default: '' }}", []],
  ])("parts of a key that may be missing: %j", (dedupKeyTemplate, warnings) =>
    expect(warned({ dedupKeyTemplate })).toEqual(warnings),
  );
});

describe("by events a warning tells of", () => {
  it("a title that one of them leaves empty", () => {
    expect(warned({ title: "{{ event.a }}" }, [{ a: "x" }])).toEqual([]);
    expect(warned({ title: "{{ event.a }}" }, [{ a: "x" }, { a: "\u200b" }])).toEqual([
      "EMPTY_TITLE event.a",
    ]);
  });

  it("parts of a key that one of them lacks", () => {
    const dedupKeyTemplate = "{{ event.a }}:{{ event.b }}";
    expect(warned({ dedupKeyTemplate }, [{ a: 1, b: 1 }])).toEqual([]);
    expect(warned({ dedupKeyTemplate }, [{ a: 1, b: 1 }, { a: 1 }])).toEqual(["MISSING_KEY_PART event.b"]);
    expect(warned({ dedupKeyTemplate }, [{}], 0)).toEqual([]);
  });

  it("a link that one of them makes none of", () => {
    const action = { label: "Open", url: "https://example.com/{{ event.a }}" };
    expect(warned({ action }, [{ a: "x" }])).toEqual([]);
    expect(warned({ action }, [{ a: ".." }])).toEqual([`LINK_LEFT_OUT ${action.url}`]);
  });
});
