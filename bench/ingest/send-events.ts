import type { Pool } from "@tocsin/db/pool";
import { type Processes, startCpuMeter } from "../system/cpu-time.ts";
import { sendAll } from "../system/load.ts";
import { assertEqual, untilProcessed } from "../system/progress.ts";
import type { MeasuredTocsin } from "../system/tocsin.ts";
import { bodiesOf } from "./event-set.ts";

export const singleConnections = 50;
export const batchConnections = 10;
export const batchSize = 100;

/** How fast a system took events in, and how fast it was done with them. Events a second. */
export interface Pace {
  accepted: number;
  processed: number;
  /** How long each answer took. Milliseconds, sorted. */
  latencies: number[];
  /** CPU by process, microseconds an event. */
  cpu: Record<string, number>;
}

/** A system under load: where it takes events, and how its processes are called. */
export interface LoadedSystem {
  urls: readonly string[];
  path: (isBatch: boolean) => string;
  token: string;
  processes: Processes;
}

/** Tocsin's API and worker that run now, and their engines. */
export function loadedTocsin({ system, token, processes }: MeasuredTocsin): LoadedSystem {
  return {
    urls: [system.url],
    path: (isBatch) => (isBatch ? "/api/v1/events/batch" : "/api/v1/events"),
    token,
    processes: processes(),
  };
}

/** Sends so many events and waits until all of them are processed. @throws Error where one was refused */
export async function sendEvents(
  pool: Pool,
  target: LoadedSystem,
  { count, isBatch }: { count: number; isBatch: boolean },
): Promise<Pace> {
  const bodies = bodiesOf(count, isBatch ? batchSize : 1);
  const cpuOf = startCpuMeter({ ...target.processes, load: process.pid });
  const startedAt = performance.now();
  const load = await sendAll(
    { ...target, path: target.path(isBatch), connections: isBatch ? batchConnections : singleConnections },
    bodies,
    (answer) => (isBatch ? (JSON.parse(answer) as { accepted: number }).accepted : 1),
  );
  assertEqual(
    `Events accepted (refused by status: ${JSON.stringify([...load.refused])})`,
    load.accepted,
    count,
  );
  await untilProcessed(pool);
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    ...{ accepted: count / load.seconds, processed: count / seconds },
    ...{ latencies: load.latencies, cpu: cpuOf(count) },
  };
}
