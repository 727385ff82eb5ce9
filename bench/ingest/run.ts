import { join } from "node:path";
import type { Pool } from "@tocsin/db/pool";
import { freePort } from "@tocsin/sandbox/engines/free-port";
import { startProcess } from "@tocsin/sandbox/testing/start-process";
import type { BenchOptions } from "../options.ts";
import { atLeast, type BenchResult, type Row, type Target } from "../report.ts";
import { percentile } from "../system/load.ts";
import { assertEqual, countRows } from "../system/progress.ts";
import { type MeasuredTocsin, startTocsin } from "../system/tocsin.ts";
import { matchingOf } from "./event-set.ts";
import { batchSize, type LoadedSystem, type Pace, sendEvents, singleConnections } from "./send-events.ts";

/** Events for each second that a load is to last, as a rough guess of what the machine does. */
const singlesPerSecond = 5_000;
const batchedPerSecond = 15_000;
/** The peer is slower: all of them would take minutes. */
const peerPerSecond = 500;

interface Paces {
  single: Pace;
  batch: Pace;
}

/** Tocsin alone, and with a second API and a second worker on the same machine. */
interface OurPaces extends Paces {
  twoOfEach: Paces;
}

/**
 * Events from POST to processed, one by one and in batches, on engines whose commits are on disk, the load generator on
 * the same processors; against the same rows written by the parts used bare, and against what one would write first.
 */
export async function runIngest({ seconds }: BenchOptions): Promise<BenchResult> {
  const counts = { singles: singlesPerSecond * seconds, batched: batchedPerSecond * seconds };
  const tocsin = await startTocsin();
  try {
    console.log("  Tocsin");
    const { twoOfEach, ...ours } = await measureOurs(tocsin, counts);
    await tocsin.stopApps();
    console.log("  the floor");
    const floor = await measureBare(tocsin, ["floor"], counts, warmUpEvents);
    console.log("  the peer");
    const few = { singles: peerPerSecond * seconds, batched: peerPerSecond * seconds };
    const peer = await measureBare(tocsin, ["peer-api", "peer-worker"], few, peerWarmUpEvents);
    return {
      bench: "ingest",
      rows: [...rowsOf({ ours, floor, peer }), ...rowsOfTwo(twoOfEach)],
      targets: targetsOf({ ours, floor, peer }),
    };
  } finally {
    await tocsin.close();
  }
}

interface Counts {
  singles: number;
  batched: number;
}

async function measureOurs(tocsin: MeasuredTocsin, counts: Counts): Promise<OurPaces> {
  const { pool, token, system } = tocsin;
  const target: LoadedSystem = {
    urls: [system.url],
    path: (isBatch) => (isBatch ? "/api/v1/events/batch" : "/api/v1/events"),
    token,
    processes: tocsin.processes(),
  };
  await warmUp(pool, target);
  const before = await countAlerts(pool);
  const alone = await sendBoth(pool, target, counts);
  const [api, worker] = [system.api(), system.worker()];
  const port = String(await freePort());
  const secondApi = await system.startApi({ PORT: port });
  const secondWorker = await system.startWorker({
    ...{ WORKER_NAME: "second", WORKER_HEALTH_PORT: String(await freePort()) },
  });
  try {
    const second = { "second api": secondApi.pid, "second worker": secondWorker.pid };
    const both = {
      ...target,
      urls: [...target.urls, `http://127.0.0.1:${port}`],
      processes: { ...target.processes, ...second },
    };
    await warmUp(pool, both);
    const twoOfEach = await sendBoth(pool, both, counts);
    const wanted = 2 * (matchingOf(counts.singles) + matchingOf(counts.batched) + matchingOf(warmUpEvents));
    assertEqual("Alerts raised", (await countAlerts(pool)) - before, wanted);
    return { ...alone, twoOfEach };
  } finally {
    await Promise.all([api, worker].map((process) => process.stop()));
  }
}

async function sendBoth(pool: Pool, target: LoadedSystem, { singles, batched }: Counts): Promise<Paces> {
  return {
    single: await sendEvents(pool, target, { count: singles, isBatch: false }),
    batch: await sendEvents(pool, target, { count: batched, isBatch: true }),
  };
}

/** Some seconds' worth of what a system does: V8 goes on to compile what runs often for thousands of requests. */
const warmUpEvents = 15_000;
const peerWarmUpEvents = 3_000;

/** Code is compiled and connections are open before anything is measured. */
async function warmUp(pool: Pool, target: LoadedSystem, count = warmUpEvents): Promise<void> {
  await sendEvents(pool, target, { count, isBatch: false });
  await sendEvents(pool, target, { count, isBatch: true });
}

const countAlerts = (pool: Pool) => countRows(pool, "notification", "kind = 'alert'");

/** Measures programs that stand beside this one; the first of them takes the requests. */
async function measureBare(
  { engines, pool }: MeasuredTocsin,
  programs: readonly string[],
  counts: Counts,
  warmUpCount: number,
): Promise<Paces> {
  const started = await Promise.all(
    programs.map(async (name) => {
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const running = await startProcess({
        name,
        entry: join(import.meta.dirname, `${name}.ts`),
        env: { DATABASE_URL: engines.databaseUrl, REDIS_URL: engines.redisUrl, PORT: String(port) },
        isReady: `${url}/ready`,
      });
      return { ...running, url };
    }),
  );
  try {
    const target = {
      urls: [started[0]?.url ?? ""],
      path: () => "/",
      token: "",
      processes: { ...Object.fromEntries(started.map(({ name, pid }) => [name, pid])), ...engines.pids() },
    };
    await warmUp(pool, target, warmUpCount);
    return await sendBoth(pool, target, counts);
  } finally {
    await Promise.all(started.map((running) => running.stop()));
  }
}

function rowsOf(paces: Record<"ours" | "floor" | "peer", Paces>): Row[] {
  const names = { ours: "Tocsin", floor: "bare parts", peer: "one job an event" } as const;
  return (["single", "batch"] as const).flatMap((kind) => {
    const what =
      kind === "single" ? `single POSTs, ${singleConnections} connections` : `batches of ${batchSize}`;
    return (["ours", "floor", "peer"] as const).flatMap((who): Row[] => {
      const pace = paces[who][kind];
      const label = `${what}: ${names[who]}`;
      const ratios = (value: "accepted" | "processed") => ({
        floorRatio: pace[value] / paces.floor[kind][value],
        ...(who === "ours" && { peerRatio: pace[value] / paces.peer[kind][value] }),
      });
      return [
        { case: `${label}, accepted`, value: pace.accepted, unit: "events/s", ...ratios("accepted") },
        {
          case: `${label}, accepted and processed`,
          value: pace.processed,
          unit: "events/s",
          ...ratios("processed"),
        },
        { case: `${label}, answer p50`, value: percentile(pace.load.latencies, 0.5), unit: "ms" },
        { case: `${label}, answer p99`, value: percentile(pace.load.latencies, 0.99), unit: "ms" },
        {
          case: `${label}, CPU of all`,
          ...{ value: costOf(pace), unit: "µs/event" },
          floorRatio: costOf(paces.floor[kind]) / costOf(pace),
          ...(who === "ours" && { peerRatio: costOf(paces.peer[kind]) / costOf(pace) }),
        },
        ...Object.entries(pace.cpu).map(([name, value]) => ({
          case: `${label}, CPU of ${name}`,
          value,
          unit: "µs/event",
        })),
      ];
    });
  });
}

/** Microseconds that an event costs, all processes and the load together: less at the mercy of what else runs here. */
function costOf({ cpu }: Pace): number {
  return Object.values(cpu).reduce((sum, value) => sum + value, 0);
}

function rowsOfTwo({ single, batch }: Paces): Row[] {
  return [
    { case: "two APIs, two workers: single POSTs processed", value: single.processed, unit: "events/s" },
    {
      case: `two APIs, two workers: batches of ${batchSize} processed`,
      value: batch.processed,
      unit: "events/s",
    },
  ];
}

function targetsOf({ ours, floor, peer }: Record<"ours" | "floor" | "peer", Paces>): Target[] {
  return [
    atLeast("single POSTs, accepted and processed, events/s", 4_000, ours.single.processed),
    atLeast(`batches of ${batchSize}, accepted and processed, events/s`, 15_000, ours.batch.processed),
    atLeast("single POSTs, times the peer", 6, ours.single.processed / peer.single.processed),
    atLeast("batches, times the peer", 20, ours.batch.processed / peer.batch.processed),
    atLeast("accepting single POSTs, share of the floor", 0.5, ours.single.accepted / floor.single.accepted),
    atLeast(
      "single POSTs to the end, share of the floor",
      0.4,
      ours.single.processed / floor.single.processed,
    ),
    atLeast("batches to the end, share of the floor", 0.3, ours.batch.processed / floor.batch.processed),
  ];
}
