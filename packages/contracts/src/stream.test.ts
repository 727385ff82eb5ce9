import { describe, expect, it } from "vitest";
import { eventEnvelopeSchema } from "./stream.ts";

const nested = (depth: number): object => (depth === 1 ? {} : { a: nested(depth - 1) });

/** An event as JSON.parse gives it: with `__proto__` as a name like any other. */
function parse(fields: string) {
  return eventEnvelopeSchema.safeParse(JSON.parse(`{"type":"a.b","source":"test"${fields}}`));
}

describe("an event that comes straight through the stream", () => {
  it("is held to the same payload as one of the API: plain, 31 levels deep, without forbidden names", () => {
    expect(parse(`,"payload":${JSON.stringify(nested(31))}`).success).toBe(true);
    const refused = [
      JSON.stringify(nested(32)),
      '{"__proto__":{}}',
      '{"list":[{"__proto__":1}]}',
      '{"constructor":1}',
      '{"n":1e999}',
      "[]",
      "null",
      '"text"',
    ];
    const places = refused.map((payload) => parse(`,"payload":${payload}`).error?.issues[0]?.path);
    expect(places).toEqual(refused.map(() => ["payload"]));
  });

  it("has an empty payload where it brings none", () => {
    expect(parse("").data).toMatchObject({ payload: {}, action: "trigger" });
  });

  it.each(["acknowledge", "resolve"])("%s is refused without a dedupKey: it could end nothing", (action) => {
    for (const key of ["", ',"dedupKey":null']) {
      expect(parse(`,"action":"${action}"${key}`).error?.issues).toMatchObject([
        { path: ["dedupKey"], message: expect.stringContaining("which alerts are to end") },
      ]);
    }
    expect(parse(`,"action":"${action}","dedupKey":"k"`).success).toBe(true);
  });
});
