import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { type Client, logIn } from "../support/client.ts";
import { accounts, startSystem, type System } from "../support/system.ts";

let system: System;
let manager: Client;

beforeAll(async () => {
  system = await startSystem();
  manager = await logIn(system, accounts.manager.email);
});

afterAll(() => system.close());

it("an event that cannot be processed holds up no other, and is processed once its trouble is over", async () => {
  const rule = await manager.post("/api/v1/rules", {
    name: "Poison",
    condition: 'event.type == "poison"',
    targetRoles: ["Operator"],
  });
  // The event's decision is planted beforehand, so that the worker cannot write its own.
  system.worker().signal("SIGSTOP");
  const [bad, good] = [
    await manager.post("/api/v1/events", { type: "poison", source: "test" }),
    await manager.post("/api/v1/events", { type: "poison", source: "test" }),
  ];
  const planted = { eventId: bad.body.id, ruleId: rule.body.id };
  await system.db.decisionLog.create({
    data: { ...planted, ruleVersion: 1, outcome: "alerted", reason: "planted", decidedAt: new Date() },
  });
  system.worker().signal("SIGCONT");

  await eventually(async () => {
    expect((await manager.get(`/api/v1/events/${good.body.id}`)).body).toMatchObject({ status: "processed" });
    expect((await manager.get(`/api/v1/events/${bad.body.id}`)).body).toMatchObject({ status: "failed" });
  });
  await system.db.decisionLog.delete({ where: { eventId_ruleId: planted } });
  await eventually(
    async () => {
      const { body } = await manager.get(`/api/v1/events/${bad.body.id}`);
      expect(body).toMatchObject({ status: "processed", matches: [{ reason: "new_alert" }] });
    },
    { timeoutMs: 30_000 },
  );
});
