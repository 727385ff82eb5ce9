import { setTimeout as delay } from "node:timers/promises";
import { type SwallowingProxy, startSwallowingProxy } from "@tocsin/sandbox/testing/swallowing-proxy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, logIn } from "../support/client.ts";
import { type OwnEngines, startOwnEngines } from "../support/own-engines.ts";
import { accounts, startSystem, type System } from "../support/system.ts";
import { expectConservation } from "./support/experiment.ts";
import { faultSettings } from "./support/fault-settings.ts";
import { inTurn } from "./support/torments.ts";

const { seed, events, random } = faultSettings({ events: 3_000 });

/** How long nothing passes at all. Milliseconds. */
const silence = 8_000;

type Part = "database" | "redis";

let engines: OwnEngines;
let proxies: Record<Part, SwallowingProxy>;
let system: System;
let manager: Client;
const ended: string[] = [];

beforeAll(async () => {
  engines = await startOwnEngines();
  const [database, redis] = await Promise.all([proxyOf(engines.databaseUrl), proxyOf(engines.redisUrl)]);
  proxies = { database, redis };
  system = await startSystem(engines, {
    DATABASE_URL: by(database, engines.databaseUrl),
    REDIS_URL: by(redis, engines.redisUrl),
  });
  for (const app of [system.api(), system.worker()]) {
    void app.exited.then((outcome) => ended.push(`${app.name}: ${outcome}`));
  }
  manager = await logIn(system, accounts.manager.email);
});

afterAll(async () => {
  await system.close();
  await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
});

const proxyOf = (url: string) => startSwallowingProxy(Number(new URL(url).port));

function by({ port }: SwallowingProxy, url: string): string {
  const proxied = new URL(url);
  [proxied.hostname, proxied.port] = ["127.0.0.1", String(port)];
  return proxied.toString();
}

/** Connections go dead; new ones are answered. */
async function killConnections(part: Part): Promise<void> {
  proxies[part].swallow();
}

/** Connections go dead, and new ones are not answered either for a while. */
async function beSilent(part: Part): Promise<void> {
  proxies[part].swallowAll();
  await delay(silence);
  proxies[part].heal();
}

const faults: [name: string, times: number, torment: () => Promise<void>][] = [
  ["database-connections-half-open", 3, () => killConnections("database")],
  ["database-silent", 2, () => beSilent("database")],
  ["redis-connections-half-open", 3, () => killConnections("redis")],
  ["redis-silent", 2, () => beSilent("redis")],
];

describe("nothing is lost or doubled, and no process ends itself", () => {
  it.each(faults)(`with %s, %i times (seed ${seed})`, async (name, times, torment) => {
    const run = inTurn(torment);
    const torments = Array.from({ length: times }, () => ({ at: random.below(events), run }));
    await expectConservation(system, manager, { name, seed, events, torments });
    expect(ended).toEqual([]);
  });
});
