import { expect, test } from "vitest";
import { isGroupAlive, parseLinuxStat, processIdentity, signalGroup } from "./process-group.ts";

const NO_SUCH_PROCESS = 0x3f_ff_ff;

test("a program whose name holds spaces and parentheses does not shift the fields", () => {
  const fields = ["42", "(a) b (c))", "S", "1", "77", ...Array.from({ length: 17 }, () => "0")];
  expect(parseLinuxStat(fields.join(" "))).toMatchObject({ state: "S", groupId: 77 });
});

test("the moment of starting is field 22", () => {
  const fields = ["42", "(node)", "R", "1", "42", ...Array.from({ length: 16 }, () => "0"), "123456", "9"];
  expect(parseLinuxStat(fields.join(" "))?.startTime).toBe("123456");
});

test("a cut-off line is no process", () => {
  expect(parseLinuxStat("42 (node) R")).toBeUndefined();
});

test("a running process has an identity that stays the same, a missing one has none", () => {
  expect(processIdentity(process.pid)).toBe(processIdentity(process.pid));
  expect(processIdentity(process.pid)).toBeTypeOf("string");
  expect(processIdentity(NO_SUCH_PROCESS)).toBeUndefined();
});

test("signalling a group that is gone is no error", () => {
  expect(() => signalGroup(NO_SUCH_PROCESS, "SIGTERM")).not.toThrow();
  expect(isGroupAlive(NO_SUCH_PROCESS)).toBe(false);
});
