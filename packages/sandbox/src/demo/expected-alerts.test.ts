import { describe, expect, it } from "vitest";
import { findExpectedAlerts, readEventResult } from "./expected-alerts.ts";

const targetRolesOf = new Map([
  ["for-operators", ["Operator", "Admin"]],
  ["for-payments", ["PaymentsOnCall"]],
]);

function result(ruleId: string, outcome: string, notificationId: string | null) {
  return { isFinal: true, status: "processed", matches: [{ ruleId, outcome, notificationId }] };
}

describe("the expected alerts", () => {
  it("are those of rules that alert one of the person's roles", () => {
    const results = [result("for-operators", "alerted", "n1"), result("for-payments", "alerted", "n2")];
    expect(findExpectedAlerts(results, targetRolesOf, ["Operator"])).toEqual(new Set(["n1"]));
    expect(findExpectedAlerts(results, targetRolesOf, ["Operator", "PaymentsOnCall"])).toEqual(
      new Set(["n1", "n2"]),
    );
    expect(findExpectedAlerts(results, targetRolesOf, [])).toEqual(new Set());
  });

  it("leave out what was folded, silenced or decided by an unknown rule", () => {
    const results = [
      result("for-operators", "deduplicated", "n1"),
      result("for-operators", "silenced", null),
      result("for-operators", "alerted", null),
      result("deleted", "alerted", "n2"),
    ];
    expect(findExpectedAlerts(results, targetRolesOf, ["Operator"])).toEqual(new Set());
  });
});

describe("the result of an event", () => {
  it.each([
    ["received", false],
    ["failed", false],
    ["processed", true],
    ["dead", true],
  ])("with the status %s is final: %s", (status, isFinal) => {
    expect(readEventResult({ status, matches: [] })).toEqual({ status, isFinal, matches: [] });
  });

  it("holds the matches", () => {
    const match = { ruleId: "r", outcome: "alerted", notificationId: "n", reason: "new_alert" };
    expect(readEventResult({ status: "processed", matches: [match] }).matches).toEqual([
      { ruleId: "r", outcome: "alerted", notificationId: "n" },
    ]);
  });
});
