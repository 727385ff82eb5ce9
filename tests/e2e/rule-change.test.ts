import { afterAll, beforeAll, expect, it } from "vitest";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { type Client, logIn } from "../support/client.ts";
import { accounts, startSystem, type System } from "../support/system.ts";

const edits = 12;
const batchSize = 50;

let system: System;
let manager: Client;

beforeAll(async () => {
  system = await startSystem();
  manager = await logIn(system, accounts.manager.email);
});

afterAll(() => system.close());

/** Each version says its own number and alerts other people, so that a mixture of two would show. */
const contentOf = (version: number) => ({
  title: `Version ${version}`,
  targetRoles: [version % 2 === 0 ? "Auditor" : "Operator"],
});

it("a rule edited under load is in force for what is sent after the answer, and no event meets half of two versions", async () => {
  const rule = await manager.post("/api/v1/rules", {
    name: "Edited",
    condition: 'event.type == "load"',
    stormLimit: 100_000,
    ...contentOf(1),
  });
  /** The version that the last answer told, for each event: it was sent after that. */
  const knownAtSending = new Map<string, number>();
  let answered = 1;
  let isOver = false;

  async function load(): Promise<void> {
    while (!isOver) {
      const known = answered;
      const events = Array.from({ length: batchSize }, () => ({ type: "load", source: "shop" }));
      const { status, body } = await manager.post("/api/v1/events/batch", { events });
      expect(status).toBe(202);
      for (const { id } of body["results"] as { id: string }[]) knownAtSending.set(id, known);
    }
  }
  const loads = [load(), load()];
  for (let version = 2; version <= edits; version += 1) {
    const changed = await manager.put(`/api/v1/rules/${rule.body.id}`, contentOf(version));
    expect([changed.status, changed.body["version"]]).toEqual([200, version]);
    answered = version;
    const sent = knownAtSending.size;
    await eventually(() => expect(knownAtSending.size).toBeGreaterThan(sent));
  }
  isOver = true;
  await Promise.all(loads);

  const alerts = await eventually(
    async () => {
      expect(await system.db.event.count({ where: { status: { not: "processed" } } })).toBe(0);
      return system.db.notification.findMany({ where: { ruleId: rule.body.id, kind: "alert" } });
    },
    { timeoutMs: 45_000 },
  );
  expect(new Set(alerts.map(({ eventId }) => eventId))).toEqual(new Set(knownAtSending.keys()));
  expect(new Set(alerts.map(({ ruleVersion }) => ruleVersion)).size).toBeGreaterThan(2);
  const tooOld = alerts.filter(
    ({ eventId, ruleVersion }) => ruleVersion < (knownAtSending.get(eventId ?? "") ?? 0),
  );
  expect(tooOld).toEqual([]);
  const recipients = await system.db.notificationRecipient.findMany({
    select: { notificationId: true, userId: true },
  });
  const userOf = new Map(recipients.map(({ notificationId, userId }) => [notificationId, userId]));
  const users = await system.db.user.findMany({ select: { id: true, email: true } });
  const emailOf = new Map(users.map(({ id, email }) => [id, email]));
  const mixed = alerts.filter(({ id, title, ruleVersion }) => {
    const email = ruleVersion % 2 === 0 ? accounts.auditor.email : accounts.operator.email;
    return title !== `Version ${ruleVersion}` || emailOf.get(userOf.get(id) ?? "") !== email;
  });
  expect(mixed).toEqual([]);
});
