import { expect, it } from "vitest";
import { planEscalation } from "./plan-escalation.ts";

const plan = (round: number, known: readonly string[] = ["ada"]) =>
  planEscalation(
    { id: "n1", ruleId: "r1", round },
    { escalation: ["ada", "bob"], recipients: new Set(known), repeatLimit: 3 },
  );

it("repeats an alert, also to those whom its rule escalates to and who do not have it yet", () => {
  expect(plan(0)).toEqual({ id: "n1", step: "repeat", round: 1, newRecipients: ["bob"] });
  expect(plan(1, ["ada", "bob"])).toEqual({ id: "n1", step: "repeat", round: 2, newRecipients: [] });
});

it("ends at the limit", () => {
  expect([plan(2).step, plan(3).step]).toEqual(["repeat", "end"]);
});
