import { afterAll, beforeAll, expect, it } from "vitest";
import { startSystem, type System } from "../support/system.ts";
import { canFollowGuides, followGuide, readGuide } from "./support/guide.ts";

const guide = readGuide("how-do-i-write-a-rule.md");

let system: System;

beforeAll(async () => {
  system = await startSystem();
});

afterAll(() => system.close());

it.skipIf(!canFollowGuides)("the guide to writing a rule does what it says, command by command", async () => {
  const blocks = await followGuide(guide, system);
  const [, validated, tested, backtest, , shadow, live, changed, refused, history] = blocks.map(
    ({ answers }) => answers,
  );

  expect(validated).toMatchObject([
    { valid: true, warnings: [{ code: "UNKNOWN_FIELD", suggestion: "event.amount" }] },
  ]);
  expect(tested).toMatchObject([{ fires: true, alert: { title: "900 declined at Zoo", dedupKey: "c-1" } }]);
  expect(backtest?.at(-1)).toMatchObject({ lookedAt: 4, matched: 3, alerts: 1, deduplicated: 2 });
  expect(shadow?.at(-1)).toMatchObject({
    rules: [{ outcome: "shadow", version: 1, notificationId: null }],
  });
  expect(live).toMatchObject([
    { mode: "live", version: 2 },
    { rules: [{ outcome: "alerted", version: 2, notificationId: expect.any(String) }] },
  ]);
  expect(changed).toMatchObject([{ difference: { onlyOld: 1, onlyNew: 0, both: 4 } }, { version: 3 }]);
  expect(refused).toMatchObject([
    { status: 422, code: "RULE_TESTS_FAILED", errors: [{ pointer: "/tests/0" }] },
  ]);
  expect(history).toMatchObject([
    { total: 3 },
    { version: 4 },
    { version: 6, condition: expect.stringContaining("500") },
  ]);
  // The shadow rule alerted nobody; the live one did, once.
  expect(await system.db.notification.findMany({ select: { ruleVersion: true } })).toEqual([
    { ruleVersion: 2 },
  ]);
});
