import { freePort } from "@tocsin/sandbox/engines/free-port";
import { afterAll, beforeAll, it } from "vitest";
import { type Client, logIn } from "../support/client.ts";
import { accounts, startSystem, type System } from "../support/system.ts";
import { expectConservation } from "./support/experiment.ts";
import { type OwnEngines, startOwnEngines } from "../support/own-engines.ts";
import { faultSettings } from "./support/fault-settings.ts";

const { seed, events } = faultSettings({ events: 10_000 });

let engines: OwnEngines;
let system: System;
let manager: Client;

beforeAll(async () => {
  engines = await startOwnEngines();
  system = await startSystem(engines);
  manager = await logIn(system, accounts.manager.email);
});

afterAll(() => system.close());

it(`two workers at one stream do nothing twice (seed ${seed})`, async () => {
  const first = system.worker();
  const second = await system.startWorker({
    WORKER_NAME: "second",
    WORKER_HEALTH_PORT: String(await freePort()),
  });
  try {
    await expectConservation(system, manager, { name: "two-workers", seed, events, torments: [] });
  } finally {
    await Promise.all([first.stop(), second.stop()]);
  }
});
