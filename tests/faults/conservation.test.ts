import { afterAll, beforeAll, it } from "vitest";
import { type Client, logIn } from "../support/client.ts";
import { accounts, startSystem, type System } from "../support/system.ts";
import { expectConservation, type Torment } from "./support/experiment.ts";
import { type OwnEngines, startOwnEngines } from "../support/own-engines.ts";
import { faultSettings } from "./support/fault-settings.ts";
import { inTurn, killAndStart } from "./support/torments.ts";

const { seed, events, random } = faultSettings({ events: 20_000 });

/** How often each is killed while the events come in. */
const kills = 10;
const redisRestarts = 2;

let engines: OwnEngines;
let system: System;
let manager: Client;

beforeAll(async () => {
  engines = await startOwnEngines();
  system = await startSystem(engines);
  manager = await logIn(system, accounts.manager.email);
});

afterAll(() => system.close());

it(`nothing is lost or doubled while API and worker are killed ${kills} times each and Redis ${redisRestarts} times (seed ${seed})`, async () => {
  const anywhere = (count: number, run: Torment["run"]): Torment[] =>
    Array.from({ length: count }, () => ({ at: random.below(events), run }));
  const torments = [
    ...anywhere(
      kills,
      inTurn(() => killAndStart(system.worker, system.startWorker)),
    ),
    ...anywhere(
      kills,
      inTurn(() => killAndStart(system.api, system.startApi)),
    ),
    ...anywhere(
      redisRestarts,
      inTurn(() => engines.redis.restart()),
    ),
  ];
  await expectConservation(system, manager, { name: "killed", seed, events, torments });
});
