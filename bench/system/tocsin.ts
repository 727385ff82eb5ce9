import { createPool, type Pool } from "@tocsin/db/pool";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { logIn } from "../../tests/support/client.ts";
import { type OwnEngines, startOwnEngines } from "../../tests/support/own-engines.ts";
import { accounts, startSystem, type System } from "../../tests/support/system.ts";
import { ruleCount } from "../ingest/rule-set.ts";
import type { Processes } from "./cpu-time.ts";
import {
  askMeasuredDatabase,
  type DatabaseChoice,
  databaseOptions,
  type MeasuredDatabase,
} from "./database-choice.ts";
import { giveRules } from "./give-rules.ts";
import { assertEqual } from "./progress.ts";

/** Tocsin as production runs it, every commit on disk, ready to be loaded. */
export interface MeasuredTocsin {
  system: System;
  engines: OwnEngines;
  database: MeasuredDatabase;
  pool: Pool;
  /** An API key that sends events. */
  token: string;
  /** The processes that run now, and this one, which makes the load. */
  processes: () => Processes;
  close: () => Promise<void>;
}

/** No limit is met: what is sent is taken, and whoever is alerted is interrupted, as most people are. */
const settings = {
  EVENT_RATE_LIMIT_PER_MINUTE: "100000000",
  RATE_LIMIT_PER_MINUTE: "1000000",
  INTERRUPTIONS_PER_USER_PER_MINUTE: "100000",
  INTERRUPTIONS_PER_MINUTE: "10000000",
  LOG_LEVEL: "warn",
};

/** How Tocsin is set up. */
export interface SetUp {
  /** Settings that differ from those of other benchmarks. */
  settings?: Readonly<Record<string, string>>;
  /** How many rules there are; a thousand where nothing is said. */
  rules?: number;
}

/** Starts engines and both apps. */
export async function startTocsin(
  choice: DatabaseChoice,
  { settings: more = {}, rules = ruleCount }: SetUp = {},
): Promise<MeasuredTocsin> {
  const engines = await startOwnEngines(choice.engine, databaseOptions(choice));
  try {
    return await startOn(engines, { settings: more, rules });
  } catch (error) {
    await engines.release();
    throw error;
  }
}

async function startOn(engines: OwnEngines, setUp: Required<SetUp>): Promise<MeasuredTocsin> {
  const system = await startSystem(
    { ...engines, release: async () => {} },
    { ...settings, ...setUp.settings },
  );
  const pool = createPool({ url: engines.databaseUrl, connectionLimit: 4 });
  const close = async () => void (await Promise.all([pool.close(), system.close()]));
  try {
    const token = await fillIn({ system, pool }, setUp.rules);
    return {
      ...{ system, engines, pool, token, database: await askMeasuredDatabase(pool) },
      processes: () => ({
        api: system.api().pid,
        worker: system.worker().pid,
        ...engines.pids(),
        load: process.pid,
      }),
      async close() {
        await close();
        await engines.release();
      },
    };
  } catch (error) {
    await close();
    throw new Error(`Tocsin could not be set up. The API printed:\n${system.api().logs()}`, { cause: error });
  }
}

/** Makes rules, and an API key that sends events. @returns the key */
async function fillIn(
  { system, pool }: Pick<MeasuredTocsin, "system" | "pool">,
  rules: number,
): Promise<string> {
  // A busy machine may answer 503 at first.
  const admin = await eventually(() => logIn(system, accounts.admin.email), { timeoutMs: 60_000 });
  const { status, body } = await admin.post("/api/v1/api-keys", { name: "Bench", scopes: ["events:send"] });
  assertEqual(`Status of an API key ${JSON.stringify(body)}`, status, 201);
  await giveRules(pool, admin, rules);
  return String(body["secret"]);
}
