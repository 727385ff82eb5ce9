import { setTimeout as delay } from "node:timers/promises";
import { administrateRedis } from "@tocsin/sandbox/testing/administrate";
import { freePort } from "@tocsin/sandbox/engines/free-port";
import { afterAll, beforeAll, describe, it } from "vitest";
import { type Client, logIn } from "../support/client.ts";
import { accounts, startSystem, type System } from "../support/system.ts";
import { expectConservation } from "./support/experiment.ts";
import { type OwnEngines, startOwnEngines } from "../support/own-engines.ts";
import { faultSettings } from "./support/fault-settings.ts";
import { freeze, inTurn, killAndStart } from "./support/torments.ts";

const { seed, events, random } = faultSettings({ events: 3_000 });

/** An entry of a worker that does not move counts as abandoned after 30 seconds. Milliseconds. */
const pastTheLease = 40_000;

let engines: OwnEngines;
let system: System;
let manager: Client;

beforeAll(async () => {
  engines = await startOwnEngines();
  system = await startSystem(engines);
  manager = await logIn(system, accounts.manager.email);
});

afterAll(() => system.close());

/** What is done, and how often, while the events come in. */
const faults: [name: string, times: number, torment: () => Promise<unknown>][] = [
  ["database-killed", 2, () => engines.database.restart()],
  ["database-frozen", 2, () => freeze(engines.database, 5_000)],
  ["database-read-only", 2, () => makeReadOnly(3_000)],
  ["redis-killed", 3, () => engines.redis.restart()],
  ["redis-frozen", 2, () => freeze(engines.redis, 10_000)],
  ["redis-flushed", 3, () => tellRedis("FLUSHALL")],
  ["redis-connections-cut", 20, () => tellRedis("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")],
  ["redis-out-of-memory", 2, () => fillUpRedis(3_000)],
  ["worker-frozen", 1, () => freezeWorkerBesideAnother()],
  ["api-asked-to-stop", 3, () => stopAndStart(system.api, system.startApi)],
  ["worker-asked-to-stop", 3, () => stopAndStart(system.worker, system.startWorker)],
  ["worker-killed", 5, () => killAndStart(system.worker, system.startWorker)],
];

describe("nothing is lost or doubled", () => {
  it.each(faults)(`with %s, %i times (seed ${seed})`, async (name, times, torment) => {
    const run = inTurn(torment);
    const torments = Array.from({ length: times }, () => ({ at: random.below(events), run }));
    await expectConservation(system, manager, { name, seed, events, torments });
  });
});

async function makeReadOnly(milliseconds: number): Promise<void> {
  await engines.administrate(async (send) => {
    await send("SET GLOBAL read_only = 1");
    await delay(milliseconds);
    await send("SET GLOBAL read_only = 0");
  });
}

async function tellRedis(...command: [string, ...string[]]): Promise<void> {
  await administrateRedis(engines.redisUrl, (send) => send(...command));
}

async function fillUpRedis(milliseconds: number): Promise<void> {
  await tellRedis("CONFIG", "SET", "maxmemory", "1");
  await delay(milliseconds);
  await tellRedis("CONFIG", "SET", "maxmemory", "0");
}

/** Another worker takes over; then the first wakes up and believes that it still holds its batch. */
async function freezeWorkerBesideAnother(): Promise<void> {
  const frozen = system.worker();
  const thaw = freeze(frozen, pastTheLease);
  const other = await system.startWorker({
    WORKER_NAME: "other",
    WORKER_HEALTH_PORT: String(await freePort()),
  });
  await thaw;
  await frozen.stop();
  await other.stop();
  await system.startWorker();
}

async function stopAndStart(running: System["api"], start: () => Promise<unknown>): Promise<void> {
  await running().stop();
  await start();
}
