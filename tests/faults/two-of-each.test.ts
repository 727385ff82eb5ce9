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

it(`two APIs that are sent each event at once, and two workers at one stream, do nothing twice (seed ${seed})`, async () => {
  const port = String(await freePort());
  await system.startApi({ PORT: port });
  await system.startWorker({
    WORKER_NAME: "second",
    WORKER_HEALTH_PORT: String(await freePort()),
  });
  const urls = [system.url, `http://127.0.0.1:${port}`];
  await expectConservation(system, manager, { name: "two-of-each", seed, events, torments: [], urls });
});
