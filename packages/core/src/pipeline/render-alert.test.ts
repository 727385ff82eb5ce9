import type { EventFacts } from "@tocsin/rules-dsl";
import { describe, expect, it } from "vitest";
import { parseRuleTemplates, renderAlert, type TemplateTexts } from "./render-alert.ts";

const facts = (payload: unknown, dedupKey: string | null = null): EventFacts => ({
  ...{ id: "1", type: "a", source: "payments", payload, dedupKey },
  receivedAt: "2026-03-01T12:00:00Z",
});
const rendered = (texts: Partial<TemplateTexts>, event: EventFacts) =>
  renderAlert(
    parseRuleTemplates({
      title: "A title",
      message: "A text",
      dedupKeyTemplate: null,
      action: null,
      ...texts,
    }),
    event,
    "Large transfer",
  );

describe("an alert", () => {
  it.each([{}, { a: "" }, { a: " \u200b\n" }, { a: "\0\u0007" }, { a: "\u202e" }])(
    "whose title shows nothing (%j) has the rule's name for one",
    (payload) => expect(rendered({ title: "{{ event.a }}" }, facts(payload)).title).toBe("Large transfer"),
  );

  it("has a link that is called by its host where its label shows nothing", () => {
    const action = { label: "{{ event.a }}", url: "https://admin.example.com:8443/{{ event.b }}" };
    for (const a of [undefined, "", "\0", "\u200b"])
      expect(rendered({ action }, facts({ a, b: 1 })).action).toEqual({
        label: "admin.example.com:8443",
        url: "https://admin.example.com:8443/1",
      });
  });

  it("has a label of one line, of at most 100 characters", () => {
    const action = { label: "Open {{ event.a }}", url: "https://admin.example.com/" };
    const label = (a: string) => rendered({ action }, facts({ a })).action?.label;
    expect(label("one\r\ntwo\0\u202e")).toBe("Open one two");
    expect(label("🔥".repeat(200))).toBe(`Open ${"🔥".repeat(95)}`);
  });

  it("has no link where the template would let an event choose where it leads, also where it is stored so", () => {
    const action = { label: "Open", url: "https://admin.example.com{{ event.a }}" };
    expect(rendered({ action }, facts({ a: "@evil.example/" })).action).toBeNull();
  });

  it("is the same as others of its source with the event's own key, and as no other source's", () => {
    const of = (source: string) => rendered({}, { ...facts({}, "key"), source }).dedup;
    expect(of("payments")).toEqual(of("payments"));
    expect(of("payments")?.text).toBe(of("ledger")?.text);
    expect(of("payments")?.identity).not.toEqual(of("ledger")?.identity);
    expect(rendered({}, facts({})).dedup).toBeNull();
  });

  it("is the same as others of any source where the rule's template says so", () => {
    const of = (source: string) =>
      rendered({ dedupKeyTemplate: "{{ event.a }}" }, { ...facts({ a: 1 }), source }).dedup;
    expect(of("payments")).toEqual(of("ledger"));
  });
});
