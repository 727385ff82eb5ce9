import { setTimeout as wait } from "node:timers/promises";
import { bodiesOf } from "../ingest/event-set.ts";
import { batchConnections, batchSize, singleConnections } from "../ingest/send-events.ts";
import type { Processes } from "../system/cpu-time.ts";
import { sendAll } from "../system/load.ts";
import { assertEqual, countRows } from "../system/progress.ts";
import type { MeasuredTocsin } from "../system/tocsin.ts";
import { type Counted, untilDone } from "./counted-server.ts";

/** Events for each second that a load is to last, as a rough guess of what the machine does. */
const singlesPerSecond = 2_500;
const batchedPerSecond = 10_000;
const loneSinglesPerSecond = 100;
const loneBatchesPerSecond = 20;

/** How long the server is watched while nothing is sent. Seconds. */
const idleSeconds = 3;

/** Work whose cost is counted. */
export interface Work {
  title: string;
  /** By what its cost is told, and how many of them there are. */
  unit: "a second" | "an event" | "a batch";
  count: number;
  /** Those that do it. */
  processes: Processes;
  run: () => Promise<void>;
}

/** What every second costs while nobody sends anything. */
export function nothing({ processes }: MeasuredTocsin): Work {
  return {
    ...{ title: "nothing to do", unit: "a second", count: idleSeconds, processes: processes() },
    run: () => wait(idleSeconds * 1000),
  };
}

/** Events that are taken in by the API alone: many requests at once, which share commits, and one after the other. */
export function intakes(tocsin: MeasuredTocsin, seconds: number): Work[] {
  const { worker: _stopped, ...processes } = tocsin.processes();
  const singles = (count: number, connections: number, title: string): Work => ({
    ...{ title: `single POSTs, ${title}`, unit: "an event", count, processes },
    run: () => sendEvents(tocsin, { count, size: 1, connections }),
  });
  const batches = (events: number, connections: number): Omit<Work, "unit" | "count"> => ({
    title: `batches of ${batchSize}, ${connections === 1 ? "one after the other" : `${connections} connections`}`,
    processes,
    run: () => sendEvents(tocsin, { count: events, size: batchSize, connections }),
  });
  const batched = batchedPerSecond * seconds;
  const lone = loneBatchesPerSecond * seconds;
  return [
    singles(singlesPerSecond * seconds, singleConnections, `${singleConnections} connections`),
    singles(loneSinglesPerSecond * seconds, 1, "one after the other"),
    { ...batches(batched, batchConnections), unit: "an event", count: batched },
    { ...batches(lone * batchSize, 1), unit: "a batch", count: lone },
  ];
}

/** All events that wait in the stream, from the start of the worker until their alerts are delivered. */
export async function pipeline(tocsin: MeasuredTocsin, counted: Counted): Promise<Work> {
  const count = await countRows(tocsin.pool, "event", "status = 'received'");
  const { worker: _stopped, ...processes } = tocsin.processes();
  return {
    ...{ title: "the pipeline, one event in a hundred alerts", unit: "an event", count, processes },
    async run() {
      await tocsin.system.startWorker();
      await untilDone(counted);
    },
  };
}

/** @throws Error where one was refused */
export async function sendEvents(
  { system, token }: MeasuredTocsin,
  { count, size, connections }: { count: number; size: number; connections: number },
): Promise<void> {
  const path = size === 1 ? "/api/v1/events" : "/api/v1/events/batch";
  const { accepted } = await sendAll(
    { urls: [system.url], path, token, connections },
    bodiesOf(count, size),
    (answer) => (size === 1 ? 1 : (JSON.parse(answer) as { accepted: number }).accepted),
  );
  assertEqual("Events accepted", accepted, count);
}
