import { DomainError } from "@tocsin/contracts/errors";
import { describe, expect, it } from "vitest";
import { readKeyHeader } from "./idempotency-key.ts";

const read = (...values: string[]) => readKeyHeader({ headersDistinct: { "idempotency-key": values } });
const asBytes = (text: string) => Buffer.from(text).toString("latin1");

describe("the key of a request", () => {
  it.each([
    ["without quotes", "transfer-4711", "transfer-4711"],
    ["as a quoted string", '"transfer-4711"', "transfer-4711"],
    ["with quotes and backslashes in it", '"a\\"b\\\\c"', 'a"b\\c'],
    ["with spaces in it", '"a b"', "a b"],
    ["in UTF-8", asBytes("Zürich-Киев"), "Zürich-Киев"],
  ])("is read %s", (_what, value, key) => {
    expect(read(value)).toBe(key);
  });

  it("is none where there is no such header", () => {
    expect(readKeyHeader({ headersDistinct: {} })).toBeUndefined();
  });

  it.each([
    ["it is given twice", ["a", "b"]],
    ["it is given twice alike", ["a", "a"]],
    ["a quote is not closed", ['"a']],
    ["something stands behind the string", ['"a"b']],
    ["an escape is none", ['"a\\b"']],
    ["its bytes are no UTF-8", ["Z\u00fc"]],
  ])("is refused where %s", (_what, values) => {
    expect(() => read(...values)).toThrow(DomainError);
  });
});
