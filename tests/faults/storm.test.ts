import { eventually } from "@tocsin/sandbox/testing/eventually";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Client, logIn } from "../support/client.ts";
import { accounts, startSystem, type System } from "../support/system.ts";

const eventCount = 10_000;
const batchSize = 500;
const [stormLimit, stormWindowSeconds] = [20, 2];

let system: System;
let manager: Client;

beforeAll(async () => {
  system = await startSystem(undefined, { EVENT_RATE_LIMIT_PER_MINUTE: "10000000" });
  manager = await logIn(system, accounts.manager.email);
});

afterAll(() => system.close());

async function givenRule(type: string): Promise<string> {
  const { status, body } = await manager.post("/api/v1/rules", {
    ...{ name: type, condition: `event.type == "${type}"`, targetRoles: ["Operator"] },
    ...{ stormLimit, stormWindowSeconds },
  });
  expect(status).toBe(201);
  return body.id;
}

it(`${eventCount} events of one rule at once are ${stormLimit} alerts and exact digests, and hold up no other rule`, async () => {
  const [storm, other] = [await givenRule("storm"), await givenRule("other")];
  const event = { type: "storm", source: "test" };
  const sending = Array.from({ length: eventCount / batchSize }, () =>
    manager.post("/api/v1/events/batch", { events: Array.from({ length: batchSize }, () => event) }),
  );
  const quiet = await manager.post("/api/v1/events", { type: "other", source: "test" });
  for (const answer of await Promise.all(sending)) expect(answer.body).toMatchObject({ accepted: batchSize });
  await eventually(
    async () => {
      const [alert] = await system.db.notification.findMany({ where: { ruleId: other } });
      expect(alert).toMatchObject({ eventId: quiet.body.id, delivered: true });
    },
    { timeoutMs: 30_000 },
  );
  await eventually(
    async () => {
      const gate = await system.db.ruleGate.findUniqueOrThrow({ where: { ruleId: storm } });
      expect(await system.db.decisionLog.count({ where: { ruleId: storm } })).toBe(eventCount);
      expect(gate.stormId).toBeNull();
    },
    { timeoutMs: 60_000, everyMs: 200 },
  );
  const kinds = await system.db.notification.groupBy({
    by: ["kind"],
    where: { ruleId: storm },
    _count: true,
    _sum: { occurrences: true },
  });
  const of = (kind: string) => kinds.find((group) => group.kind === kind);
  expect(of("alert")?._count).toBe(stormLimit);
  // One tells that it began, one that it is over.
  expect(of("storm")?._count).toBe(2);
  expect(of("digest")?._sum.occurrences).toBe(eventCount - stormLimit);
  const outcomes = await system.db.decisionLog.groupBy({
    by: ["outcome"],
    where: { ruleId: storm },
    _count: true,
  });
  expect(Object.fromEntries(outcomes.map(({ outcome, _count }) => [outcome, _count]))).toEqual({
    alerted: stormLimit,
    suppressed: eventCount - stormLimit,
  });
});
