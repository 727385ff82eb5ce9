import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { type Client, logIn } from "../support/client.ts";
import { accounts, startSystem, type System } from "../support/system.ts";

/** How many events are sent, and how often the worker is killed meanwhile. */
const eventCount = 300;
const kills = 3;

let system: System;
let manager: Client;

beforeAll(async () => {
  system = await startSystem();
  manager = await logIn(system, accounts.manager.email);
});

afterAll(() => system.close());

it("kill -9 of the worker between events loses no alert and doubles none", async () => {
  const rule = await manager.post("/api/v1/rules", {
    name: "Every order",
    condition: 'event.type == "order.placed"',
    targetRoles: ["Operator"],
    stormLimit: 100_000,
  });
  const accepted: string[] = [];
  let starting: Promise<unknown> = Promise.resolve();
  for (let sent = 0; sent < eventCount; sent += 1) {
    const { status, body } = await manager.post("/api/v1/events", { type: "order.placed", source: "shop" });
    expect(status).toBe(202);
    accepted.push(body.id);
    if (sent % (eventCount / kills) === 50) {
      // One that is only starting is not the one that runs, and would still hold the port.
      await starting;
      system.worker().signal("SIGKILL");
      await system.worker().exited;
      // The worker comes back while events go on coming in.
      starting = system.startWorker();
    }
  }
  await starting;
  const alerts = await eventually(
    async () => {
      const unfinished = await system.db.event.count({ where: { status: { not: "processed" } } });
      expect(unfinished).toBe(0);
      return system.db.notification.findMany({ where: { ruleId: rule.body.id } });
    },
    { timeoutMs: 45_000 },
  );
  expect(alerts).toHaveLength(accepted.length);
  expect(new Set(alerts.map(({ eventId }) => eventId))).toEqual(new Set(accepted));
  await eventually(
    async () => {
      expect(await system.db.notification.count({ where: { delivered: false } })).toBe(0);
    },
    { timeoutMs: 45_000 },
  );
});
