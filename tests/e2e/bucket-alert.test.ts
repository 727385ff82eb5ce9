import { eventually } from "@tocsin/sandbox/testing/eventually";
import { afterAll, beforeAll, expect, it } from "vitest";
import { logIn } from "../support/client.ts";
import { accounts, startSystem, type System } from "../support/system.ts";
import { canFollowGuides, followGuide, readGuide } from "./support/guide.ts";

let system: System;

beforeAll(async () => {
  system = await startSystem();
});

afterAll(() => system.close());

it("a balance that another program lowers alerts the operator, and the alert is resolved when it is back", async () => {
  const manager = await logIn(system, accounts.manager.email);
  const operator = await logIn(system, accounts.operator.email);
  const rule = await manager.post("/api/v1/rules", {
    name: "A bucket runs low",
    condition: 'event.type == "bucket.below_threshold" && event.currency == "EUR"',
    title: "{{ event.name }} is at {{ event.currentBalanceDecimal }}",
    targetRoles: ["Operator"],
  });
  const bucket = await manager.post("/api/v1/transfer-buckets", {
    ...{ name: "Payouts", currency: "EUR", currentBalance: "150", threshold: "100", hysteresis: "10" },
  });
  expect([rule, bucket].filter(({ status }) => status !== 201)).toEqual([]);
  const path = `/api/v1/transfer-buckets/${bucket.body.id}`;

  await system.db.$executeRaw`UPDATE transfer_bucket SET currentBalance = 99.5 WHERE id = ${bucket.body.id}`;
  const [alert] = await eventually(async () => {
    const { body } = await operator.get("/api/v1/notifications");
    expect(body["items"]).toHaveLength(1);
    return body["items"] as { id: string; title: string }[];
  });
  expect(alert?.title).toBe("Payouts is at 99.5000");
  expect((await operator.get(path)).body).toMatchObject({ state: "breached", currentBalance: "99.5000" });

  const back = await manager.put(`${path}/balance`, { balance: "110" });
  expect(back).toMatchObject({ status: 200, body: { state: "ok" } });
  await eventually(async () =>
    expect(
      await system.db.notification.findMany({ where: { ruleId: rule.body.id }, orderBy: { id: "asc" } }),
    ).toMatchObject([
      { id: alert?.id, kind: "alert", resolvedAt: expect.any(Date) },
      { kind: "resolved", resolvedAt: null },
    ]),
  );
});

it.skipIf(!canFollowGuides)(
  "the guide to watching a balance does what it says, command by command",
  async () => {
    const blocks = await followGuide(readGuide("transfer-buckets.md"), system);
    const [, , , changed, fallen, below, between, back, past] = blocks.map(({ answers }) => answers);
    const balance = (currentBalance: string, state: string) => ({ currentBalance, state });
    const [unchanged, breached] = [balance("10499.2500", "ok"), balance("9999.2500", "breached")];
    expect(changed).toMatchObject([unchanged, unchanged, unchanged]);
    expect(fallen).toMatchObject([breached]);
    expect(below).toMatchObject([
      {
        type: "bucket.below_threshold",
        source: "tocsin",
        action: "trigger",
        payload: { currency: "EUR", currentBalance: 9999.25, currentBalanceDecimal: "9999.2500" },
        matches: expect.arrayContaining([expect.objectContaining({ outcome: "alerted" })]),
      },
    ]);
    expect(between).toMatchObject([balance("9499.2500", "breached"), balance("10499.2500", "breached")]);
    expect(back).toMatchObject([
      balance("10500.0000", "ok"),
      { type: "bucket.recovered", action: "resolve", dedupKey: below?.[0]?.["dedupKey"] },
    ]);
    expect(past).toMatchObject([
      { total: 7, items: expect.arrayContaining([expect.objectContaining({ kind: "opening" })]) },
      { items: [] },
      { threshold: "8000.0000", hysteresis: "500.0000" },
    ]);
    const titled = { where: { title: "Payouts EUR is at 9999.2500 EUR", kind: "alert" } } as const;
    expect(await system.db.notification.findMany(titled)).toMatchObject([{ resolvedAt: expect.any(Date) }]);
  },
);
