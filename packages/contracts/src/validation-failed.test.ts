import { describe, expect, it } from "vitest";
import { z } from "zod";
import { pointerOf, validationFailed } from "./validation-failed.ts";

describe("pointerOf", () => {
  it("escapes as RFC 6901 says", () => {
    expect(pointerOf(["a", 0, "b/c", "~"])).toBe("/a/0/b~1c/~0");
    expect(pointerOf([])).toBe("");
  });
});

describe("validationFailed", () => {
  it("says where within a larger thing", () => {
    const { error } = z.strictObject({ a: z.string() }).safeParse({ a: 1, b: 2 });
    const told = error && validationFailed(error, ["events", 3]);
    expect(told?.errors.map(({ pointer }) => pointer)).toEqual(["/events/3/a", "/events/3/b"]);
    expect(told?.message).toContain("/events/3/a: ");
  });
});
