import { eventually } from "@tocsin/sandbox/testing/eventually";
import { expect } from "vitest";
import type { Client } from "../../support/client.ts";
import type { System } from "../../support/system.ts";
import { checkConservation, type ExpectedRule } from "./conservation.ts";
import { sendNumbered } from "./producer.ts";

/** Something that is done to the system once so many events are accepted. */
export interface Torment {
  at: number;
  run: () => Promise<unknown>;
}

/** After the last torment everything is to be in order again within this time. Milliseconds. */
const healing = { timeoutMs: 180_000, everyMs: 500 };

/**
 * Sends numbered events while the system is tormented, waits until it has healed, and holds the database against what
 * the client was told: nothing lost, nothing doubled, every alert raised once and delivered.
 * @param urls where each event is sent to, all at once
 * @param name told apart from other experiments on the same system by it
 */
export async function expectConservation(
  system: System,
  manager: Client,
  {
    name,
    seed,
    events,
    torments,
    urls = [system.url],
  }: { name: string; seed: number; events: number; torments: readonly Torment[]; urls?: readonly string[] },
): Promise<void> {
  const type = `numbered.${name}`;
  const rules = await Promise.all([10, 25].map((divisor) => givenRule(manager, type, divisor)));
  const waiting = torments.toSorted((a, b) => a.at - b.at);
  const underWay: Promise<unknown>[] = [];
  const startedAt = performance.now();
  const log = await sendNumbered(
    { token: manager.token, type, urls, count: events, concurrency: 20 },
    (soFar) => {
      const due = waiting.filter(({ at }) => at <= soFar);
      underWay.push(...waiting.splice(0, due.length).map(({ run }) => run()));
    },
  );
  await Promise.all(underWay);
  await eventually(async () => {
    const open = await system.db.event.count({ where: { type, status: { in: ["received", "failed"] } } });
    expect(open).toBe(0);
  }, healing);
  const perSecond = Math.round(events / ((performance.now() - startedAt) / 1000));
  await eventually(async () => {
    expect(await system.db.notification.count({ where: { delivered: false } })).toBe(0);
  }, healing);
  const result = await checkConservation(system.db, { type, log, rules, recipients: 1 });
  const setbacks = Object.fromEntries(log.setbacks);
  console.log(`${name}, seed ${seed}: ${JSON.stringify({ ...result, setbacks, perSecond })}`);
  expect(result).toEqual({
    ...{ accepted: events, processed: events, dead: 0, lost: [], unaccepted: [] },
    ...{ missingAlerts: [], surplusAlerts: [], wrongInboxes: 0 },
  });
}

async function givenRule(manager: Client, type: string, divisor: number): Promise<ExpectedRule> {
  const { status, body } = await manager.post("/api/v1/rules", {
    name: `Every ${divisor} of ${type}`,
    condition: `event.type == "${type}" && event.number % ${divisor} == 0`,
    targetRoles: ["Operator"],
    stormLimit: 100_000,
  });
  expect(status).toBe(201);
  return { id: body.id, matches: (number) => number % divisor === 0 };
}
