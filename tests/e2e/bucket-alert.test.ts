import { eventually } from "@tocsin/sandbox/testing/eventually";
import { afterAll, beforeAll, expect, it } from "vitest";
import { logIn } from "../support/client.ts";
import { accounts, startSystem, type System } from "../support/system.ts";

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
