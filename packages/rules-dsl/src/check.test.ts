import { describe, expect, it } from "vitest";
import { type CheckOptions, checkCondition } from "./check.ts";
import { parseCondition } from "./parse.ts";
import { eventWith } from "./testing/events.ts";

const schema = {
  "event.amount": "number",
  "event.payload.country": "string",
  "event.payload.tags": "list",
} as const;
const sampleEvents = [eventWith({ amount: 5, country: "DE", paid: true, at: null, nested: { a: 1 } })];

function codes(source: string, options?: CheckOptions): string[] {
  return checkCondition(parseCondition(source), options).map(({ code }) => code);
}

describe("checkCondition", () => {
  it.each([
    ["event.amount > 5", {}, []],
    ["event.whatever > 5", {}, []],
    ["event.amount > 5 && event.type == 'a'", { schema }, []],
    ["event.amont > 5", { schema }, ["UNKNOWN_FIELD"]],
    ["event.amont > 5", { sampleEvents }, ["UNKNOWN_FIELD"]],
    ["event.at == 'x' && event.nested.a == 1", { sampleEvents }, []],
    ["event.tags[0] == 'x'", { schema }, []],
    ["event.amount == '5'", { schema }, ["TYPE_CONFLICT"]],
    ["event.amount in [1, '5']", { sampleEvents }, ["TYPE_CONFLICT"]],
    ["event.country > 5", { schema }, ["TYPE_CONFLICT"]],
    ["event.type == 5", {}, ["TYPE_CONFLICT"]],
    ["event.country + 1 == 5", { schema }, ["TYPE_CONFLICT", "NOT_INDEXABLE"]],
    ["event.tags contains 5 && event.amount > 1", { schema }, []],
    ["event.amount contains '5'", { schema }, ["TYPE_CONFLICT", "NOT_INDEXABLE"]],
    ["event.country", { schema }, ["TYPE_CONFLICT"]],
    ["event.paid", { sampleEvents }, []],
    ["decimal(event.amount) == '5'", {}, ["TYPE_CONFLICT", "NOT_INDEXABLE"]],
    ["event.receivedAt > '2026-01-01' && event.type == 'a'", {}, []],
    ["event.receivedAt - now() > 5 && event.type == 'a'", {}, ["TYPE_CONFLICT"]],
    ["event.a > 5 && event.a < 5", {}, ["ALWAYS_FALSE"]],
    ["event.a in ['x'] && event.a == 'y'", {}, ["ALWAYS_FALSE"]],
    ["1 == 2", {}, ["ALWAYS_FALSE"]],
    ["event.a == 1 || true", {}, ["ALWAYS_TRUE"]],
    ["event.a == 1 && event.b == 1 || event.c == 1", {}, ["MIXED_AND_OR"]],
    ["(event.a == 1 && event.b == 1) || event.c == 1", {}, []],
    ["event.a != 1", {}, ["NOT_INDEXABLE"]],
    ["event.a == 1 || event.b contains 'x'", {}, ["NOT_INDEXABLE"]],
    ["event.a == 9007199254740993", {}, ["NOT_INDEXABLE"]],
    ["event.a + 9007199254740994 == 1", {}, ["INEXACT_NUMBER", "NOT_INDEXABLE"]],
    ["event.a + 9007199254740993 == 1", {}, ["NOT_INDEXABLE"]],
    ['event.amount > "10"', {}, ["QUOTED_NUMBER", "NOT_INDEXABLE"]],
    ['event.amount between "1" and "2.5"', {}, ["QUOTED_NUMBER", "QUOTED_NUMBER", "NOT_INDEXABLE"]],
    ['event.amount == "10"', {}, []],
    ["event.b == 1 && event.a matches '^[a-f0-9]{70}$'", {}, []],
    ["event.b == 1 && event.a matches 'a.{80}b'", {}, ["MAY_EXCEED_STEPS"]],
    [
      `event.b == 1 && ${Array.from({ length: 3 }, () => "event.a matches 'a.{30}b'").join(" && ")}`,
      {},
      Array.from({ length: 3 }, () => "MAY_EXCEED_STEPS"),
    ],
  ] as [string, CheckOptions, string[]][])("%s with %j warns of %j", (source, options, expected) => {
    expect(codes(source, options)).toEqual(expected);
  });

  it("says where, and what was probably meant", () => {
    const [warning] = checkCondition(parseCondition("1 == 1 && event.contry == 'DE'"), { schema });
    expect(warning).toMatchObject({ suggestion: "event.country", span: { start: 10, end: 22 } });
  });
});
