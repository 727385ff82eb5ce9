import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DomainError } from "./errors.ts";
import { maximumDepth, readJson, readJsonBatch, RefusedItem } from "./read-json.ts";

function refusalOf(text: string): { code: string; pointer: string | undefined } | null {
  try {
    readJson(text);
  } catch (error) {
    if (error instanceof DomainError) return { code: error.code, pointer: error.errors[0]?.pointer };
    throw error;
  }
  return null;
}

function nested(depth: number): string {
  return '{"a":'.repeat(depth) + "1" + "}".repeat(depth);
}

const anyJson = fc
  .json({ maxDepth: 5 })
  .filter((text) => !/"(?:__proto__|constructor|prototype)"/.test(text) && !text.includes("\\u"));

describe("readJson", () => {
  it("reads whatever JSON.stringify writes", () => {
    fc.assert(
      fc.property(anyJson, (text) => {
        expect(readJson(text)).toEqual(JSON.parse(text));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it.each(["", "{", '{"a":}', "{'a':1}", '{"a":1,}', "undefined", "NaN", '{"a":01}', '"a\n"', "{} {}"])(
    "refuses what is no JSON: %j",
    (text) => {
      expect(refusalOf(text)?.code).toBe("MALFORMED_JSON");
    },
  );

  it("accepts the deepest nesting and refuses one level more", () => {
    expect(refusalOf(nested(maximumDepth))).toBeNull();
    expect(refusalOf(nested(maximumDepth + 1))).toEqual({ code: "VALIDATION_FAILED", pointer: "" });
  });

  it("refuses a hundred thousand brackets without reading them", () => {
    expect(refusalOf("[".repeat(100_000))).toEqual({ code: "VALIDATION_FAILED", pointer: "" });
  });

  it("does not take brackets, colons and digits within strings for nesting, names or numbers", () => {
    const value = { a: "[".repeat(100) + '":{"\\', b: ":::", c: '1e400,"12345678901234567890' };
    expect(readJson(JSON.stringify(value))).toEqual(value);
  });

  it.each(['{"a":1,"a":2}', '{"a":{"b":1,"b":1}}', '[{"a":1,"\\u0061":2}]', '{"a":1,"b":{"c":[]},"a":1}'])(
    "refuses a name that stands twice: %s",
    (text) => {
      expect(refusalOf(text)?.code).toBe("MALFORMED_JSON");
    },
  );

  it.each([
    ['{"__proto__":{"admin":true}}', "/__proto__"],
    ['{"a":[{"constructor":1}]}', "/a/0/constructor"],
    ['{"a/b":{"~":{"prototype":1}}}', "/a~1b/~0/prototype"],
  ])("refuses names that reach a prototype: %s", (text, pointer) => {
    expect(refusalOf(text)).toEqual({ code: "VALIDATION_FAILED", pointer });
  });

  it.each([
    ['{"a":["\\ud83d"]}', "/a/0"],
    ['{"a":"x\\udea8\\ud83d"}', "/a"],
    ['{"b":{"\\ud800":1}}', "/b/\ufffd"],
  ])("refuses half of a surrogate pair, wherever it stands: %s", (text, pointer) => {
    expect(refusalOf(text)).toEqual({ code: "VALIDATION_FAILED", pointer });
  });

  it("reads whole surrogate pairs", () => {
    expect(readJson('{"\\ud83d\\udea8":"\\ud83d\\udea8"}')).toEqual({ "🚨": "🚨" });
  });

  it.each([
    ['{"amount":1e999}', "/amount"],
    ['{"amount":-1e400}', "/amount"],
    [`{"amount":${"9".repeat(310)}}`, "/amount"],
    ['{"a":[1e-400]}', "/a/0"],
    ['{"a":-0.5E-400}', "/a"],
    [`{"a":0.${"0".repeat(400)}1}`, "/a"],
    [`{"a":1.${"1".repeat(400)}}`, "/a"],
  ])("refuses a number that nobody computes with: %s", (text, pointer) => {
    expect(refusalOf(text)).toEqual({ code: "VALIDATION_FAILED", pointer });
  });

  it.each([
    ...["9007199254740993", "-9007199254740993", "18446744073709551616", "12345678901234567890.10"],
    ...[
      "0.1000000000000000055511151231257827",
      "1.7976931348623157e308",
      "4.9e-324",
      "123456789.123456789123",
    ],
    ...["1e22", "100000000000000000000000", "0.30000000000000004", "5e-324", "1.0e2", "-0", "0e99", "0.00"],
    `1.${"1".repeat(390)}`,
  ])("gives the number %s back to the digit", (number) => {
    const written = JSON.stringify(readJson(`{"a":[${number}]}`)).slice(6, -2);
    expect(exactly(written)).toEqual(exactly(number));
  });

  it("leaves numbers that a double holds to the digit what they are", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        expect(readJson(JSON.stringify(number))).toBe(number === 0 ? 0 : number);
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it("keeps every number of any digits", () => {
    const digits = fc.stringMatching(/^\d{1,30}$/);
    fc.assert(
      fc.property(digits, digits, fc.integer({ min: -40, max: 40 }), (whole, fraction, exponent) => {
        const number = `${BigInt(whole)}.${fraction}e${exponent}`;
        expect(exactly(JSON.stringify(readJson(number)))).toEqual(exactly(number));
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});

/** A number as a whole one over so many places: another way to read one than by its digits as text. */
function exactly(text: string): bigint {
  const [, sign, whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const value = BigInt(whole + fraction) * 10n ** BigInt(800 - fraction.length + Number(exponent));
  return sign === "-" ? -value : value;
}

describe("readJsonBatch", () => {
  const own = { field: "events" };
  const bad = [
    ['{"__proto__":1}', "/__proto__"],
    ['{"a":[1e400]}', "/a/0"],
    ['{"a":1,"a":1}', ""],
    ['{"a":"\\ud800"}', "/a"],
    [nested(32), ""],
  ] as const;

  it.each(bad)("refuses an item such as %s by itself", (item, pointer) => {
    const read = readJsonBatch(`{"events":[{"a":1}, ${item} ,{"a":[2,{"b":"],["}]}]}`, own) as {
      events: unknown[];
    };
    const [first, second, third] = read.events;
    expect([first, third]).toEqual([{ a: 1 }, { a: [2, { b: "],[" }] }]);
    expect(second).toBeInstanceOf(RefusedItem);
    expect((second as RefusedItem).error.errors[0]?.pointer).toBe(`/events/1${pointer}`);
  });

  it.each(bad)("refuses an item such as %s of a list by itself", (item, pointer) => {
    const [first, second] = readJsonBatch(`[{"a":1},${item}]`, { field: undefined }) as unknown[];
    expect(first).toEqual({ a: 1 });
    expect((second as RefusedItem).error.errors[0]?.pointer).toBe(`/1${pointer}`);
  });

  it("reads whatever is no batch as readJson does", () => {
    const texts = ["1", "{}", "[]", '{"events":{}}', '{"events":[],"other":[1]}', '{"other":[{"a":1}]}'];
    for (const text of [...texts, '{"a":{"events":[1]}}', '{"events":[]}', '[[1,[2]],"a"]']) {
      expect(readJsonBatch(text, own)).toEqual(JSON.parse(text));
    }
    fc.assert(
      fc.property(anyJson, (text) => {
        expect(readJsonBatch(`{"events":[${text},${text}]}`, own)).toEqual({
          events: [JSON.parse(text), JSON.parse(text)],
        });
        expect(readJsonBatch(`[${text}]`, { field: undefined })).toEqual([JSON.parse(text)]);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it.each([
    ...['{"events":[{"a":1},]}', '{"events":[,{"a":1}]}', '{"events":[{"a":1}', '{"events":[{"a":01}]}'],
    ...['{"events":[{"a":1}{"b":1}]}', '{"events":[1],"events":[2]}', '{"events":[1]]', '{"events":[}]'],
  ])("refuses the whole where it is no JSON: %s", (text) => {
    expect(() => readJsonBatch(text, own)).toThrow(expect.objectContaining({ code: "MALFORMED_JSON" }));
  });

  it("refuses the whole where all items together hold too many values", () => {
    const text = `{"events":[${Array.from({ length: 5 }, () => "[1,2,3]").join(",")}]}`;
    expect(readJsonBatch(text, own, { values: 30 })).toHaveProperty("events.4", [1, 2, 3]);
    expect(() => readJsonBatch(text, own, { values: 15 })).toThrow(/more than 15 values/);
  });
});
