import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { EventFacts } from "./event-facts.ts";
import { checkLinkTemplate, renderLink } from "./link-template.ts";
import { parseTemplate } from "./template.ts";

const eventWith = (payload: unknown): EventFacts => ({
  ...{ id: "1", type: "a", source: "test", payload },
  receivedAt: "2026-03-01T12:00:00Z",
});
const linkOf = (template: string, payload: unknown = {}) =>
  renderLink(parseTemplate(template), eventWith(payload));

describe("the template of a link", () => {
  it.each([
    "https://{{ event.host }}/x",
    "https://admin.{{ event.host }}/x",
    "https://admin.example.com{{ event.path }}",
    "https://admin.example.com:{{ event.port }}/x",
    "https://{{ event.user }}@admin.example.com/x",
    "https://user:secret@admin.example.com/x",
    "https://admin.example.com?x={{ event.x }}",
    "https://admin.example.com#{{ event.x }}",
    "https://admin.example.com\\{{ event.x }}",
    "https:/{{ event.host }}/x",
    "https:///{{ event.host }}/x",
    "http://admin.example.com/{{ event.x }}",
    "{{ event.scheme }}://admin.example.com/",
    "https://exa\nmple.com/{{ event.x }}",
    "https://example.com/a\\..\\{{ event.x }}",
    "https://example.com/a/../{{ event.x }}",
    "https://example.com/%2e%2E/{{ event.x }}",
    "https://example.com/./x",
    "https://exa mple.com/",
    "https://",
    "javascript:alert(1)//https://a/",
    "",
  ])("is refused, and gives no link, where it is %j", (template) => {
    expect(checkLinkTemplate(parseTemplate(template))).toMatchObject({ message: expect.any(String) });
    expect(linkOf(template, { host: "example.com", x: "1", path: "/x", scheme: "https" })).toBeUndefined();
  });

  it.each([
    "https://admin.example.com",
    "https://admin.example.com?x=1",
    "https://admin.example.com:8443/{{ event.x }}",
    "https://[2001:db8::1]/{{ event.x }}",
    "https://münchen.example/{{ event.x }}?y={{ event.y }}#{{ event.z }}",
    "https://admin.example.com/v1.2/..x/{{ event.x }}",
  ])("is taken where it is %j", (template) => {
    expect(checkLinkTemplate(parseTemplate(template))).toBeUndefined();
  });
});

describe("a link", () => {
  const transfers = "https://admin.example.com/transfers/{{ event.ref }}";

  it.each([
    ["4711", "4711"],
    ["../../logout?x=1#", "..%2F..%2Flogout%3Fx%3D1%23"],
    ["@evil.example/", "%40evil.example%2F"],
    ["a b&c=d", "a%20b%26c%3Dd"],
    ["Zürich", "Z%C3%BCrich"],
    ["%2e%2e", "%252e%252e"],
    ["\\..\\", "%5C..%5C"],
    ["\0\n", "%00%0A"],
    ["\ud800", "%EF%BF%BD"],
    ["", ""],
  ])("has the value %j in it as %s", (ref, encoded) => {
    expect(linkOf(transfers, { ref })).toBe(`https://admin.example.com/transfers/${encoded}`);
  });

  it.each([
    [transfers, { ref: ".." }],
    [transfers, { ref: "." }],
    ["https://admin.example.com/{{ event.a }}{{ event.b }}/x", { a: ".", b: "." }],
    ["https://admin.example.com/.{{ event.a }}", { a: "." }],
    ["https://admin.example.com/%2{{ event.a }}/x", { a: "e" }],
    ["https://admin.example.com/{{ event.a | default: '..' }}/x", {}],
  ])("is none where %j becomes a step to another folder with %j", (template, payload) => {
    expect(linkOf(template, payload)).toBeUndefined();
  });

  it("may have dots where they are no steps", () => {
    expect(linkOf("https://example.com/x?a={{ event.a }}#{{ event.a }}", { a: ".." })).toBe(
      "https://example.com/x?a=..#..",
    );
  });

  it("has at most 2,000 characters: a longer one is none, for cut it would lead elsewhere", () => {
    const room = 2000 - "https://admin.example.com/transfers/".length;
    expect(linkOf(transfers, { ref: "x".repeat(room) })).toHaveLength(2000);
    expect(linkOf(transfers, { ref: "x".repeat(room + 1) })).toBeUndefined();
    expect(linkOf(transfers, { ref: "ü".repeat(room / 4) })).toBeUndefined();
  });

  it("leads to the host of its template, below its folder, whatever the values are", () => {
    const value = fc.string({
      unit: fc.constantFrom(...Array.from("ab./\\@:?#%2eEfF \t\n\0&=;ü")),
      maxLength: 8,
    });
    fc.assert(
      fc.property(value, value, (a, b) => {
        const link = linkOf(
          "https://admin.example.com/t/{{ event.a }}-{{ event.a }}/{{ event.b }}?q={{ event.b }}",
          { a, b },
        );
        if (link === undefined) return;
        const { origin, pathname, username, hash, searchParams } = new URL(link);
        expect({ origin, username, hash }).toEqual({
          origin: "https://admin.example.com",
          username: "",
          hash: "",
        });
        expect(pathname.split("/").map(decodeURIComponent)).toEqual(["", "t", `${a}-${a}`, b]);
        expect(searchParams.get("q")).toBe(b);
      }),
      { numRuns: 1000 },
    );
  });
});
