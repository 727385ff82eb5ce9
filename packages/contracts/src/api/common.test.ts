import { describe, expect, it } from "vitest";
import { roleNameSchema } from "./common.ts";

describe("the name of a role", () => {
  it.each([
    ["Hindi", "भुगतान टीम"],
    ["Thai", "ผู้ดูแลระบบ"],
    ["Arabic", "فريق المدفوعات"],
    ["Korean", "결제 팀"],
    ["an ampersand", "Payments & Risk"],
    ["what stands between words", "Ops (EU), 2nd/3rd line + backup's"],
  ])("may be in %s", (_what, name) => {
    expect(roleNameSchema.parse(name)).toBe(name);
  });

  it("has one spelling, however its letters were put together", () => {
    expect(roleNameSchema.parse("Zoe\u0308")).toBe("Zo\u00eb");
    expect(roleNameSchema.parse("Zo\u00eb")).toBe("Zo\u00eb");
  });

  it.each([
    ["a mark first", "\u0308a"],
    ["a sign first", "&a"],
    ["a formula", "=SUM(A1)"],
    ["markup", "a<b>"],
    ["a semicolon", "a;b"],
    ["a line", "a\nb"],
    ["what nobody sees", "a\u200bb"],
    ["what turns the direction", "a\u202eb"],
    ["101 characters", "a".repeat(101)],
  ])("must not hold %s", (_what, name) => {
    expect(roleNameSchema.safeParse(name).success).toBe(false);
  });

  it("may have 100 characters", () => {
    expect(roleNameSchema.parse("a".repeat(100))).toHaveLength(100);
  });
});
