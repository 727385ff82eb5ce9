import { expect, it } from "vitest";
import { type PossibleRecipients, planEscalation, type Unanswered } from "./plan-escalation.ts";

const people: PossibleRecipients = {
  recipients: new Set(["ada"]),
  holders: ["ada", "bob"],
  escalation: ["ada", "bob"],
  admins: ["eve"],
  adminRoleIds: ["r-admin"],
};
const plan = (round: number, some: Partial<PossibleRecipients> = {}, alert: Partial<Unanswered> = {}) =>
  planEscalation({ id: "n1", round, isExpired: false, quietedBy: null, ...alert }, { ...people, ...some }, 3);

it("repeats an alert, also to those whom its rule escalates to and who do not have it yet", () => {
  expect(plan(0)).toMatchObject({
    id: "n1",
    step: "repeat",
    round: 1,
    newRecipients: ["bob"],
    newRoleIds: [],
  });
  expect(plan(1, { recipients: new Set(["ada", "bob"]) })).toMatchObject({ round: 2, newRecipients: [] });
});

it("ends at the limit", () => {
  expect([plan(2).step, plan(3).step]).toEqual(["repeat", "end"]);
});

it("leaves alone what has expired, also where a silence holds or the limit is reached", () => {
  const expired = { isExpired: true, quietedBy: "s1" };
  expect([plan(0, {}, expired).step, plan(3, {}, expired).step]).toEqual(["expire", "expire"]);
});

it("tells nobody while a silence holds, and counts it as no repetition", () => {
  expect(plan(1, {}, { quietedBy: "s1" })).toMatchObject({
    step: "quiet",
    round: 1,
    newRecipients: [],
    quietedBy: "s1",
  });
});

it("goes to those who hold its roles by now where all who have it have left, and else to the admins", () => {
  const left = { escalation: [], recipients: new Set(["gone"]) };
  expect(plan(0, { ...left, holders: ["bob"] })).toMatchObject({ newRecipients: ["bob"], newRoleIds: [] });
  expect(plan(0, { ...left, holders: [] })).toMatchObject({
    newRecipients: ["eve"],
    newRoleIds: ["r-admin"],
  });
  expect(plan(0, { ...left, holders: null })).toMatchObject({ newRecipients: [], newRoleIds: [] });
});
