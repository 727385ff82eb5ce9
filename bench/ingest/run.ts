import { join } from "node:path";
import { createPool, type Pool } from "@tocsin/db/pool";
import { freePort } from "@tocsin/sandbox/engines/free-port";
import { type StartedProcess, startProcess } from "@tocsin/sandbox/testing/start-process";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { logIn } from "../../tests/support/client.ts";
import { accounts, startSystem } from "../../tests/support/system.ts";
import { type OwnEngines, startOwnEngines } from "../../tests/support/own-engines.ts";
import { atLeast, type BenchResult, type Row, type Target } from "../report.ts";
import { cpuTime } from "../system/cpu-time.ts";
import { type LoadResult, percentile, sendAll } from "../system/load.ts";
import { conditionOf, eventOf, isMatching, recipientCount, ruleCount } from "./event-set.ts";

const connections = 50;
const batchSize = 100;
const singles = 40_000;
const batched = 150_000;
/** The peer gets fewer: it would take minutes for all of them. */
const peerEvents = 3_000;

/** How fast a system took events in, and how fast it was done with them. Events a second. */
interface Pace {
  accepted: number;
  processed: number;
  load: LoadResult;
  /** CPU by process, microseconds an event. */
  cpu: Record<string, number>;
}

/** A system under load: where it takes events, and how its processes are called. */
interface System {
  url: string;
  path: (isBatch: boolean) => string;
  token: string;
  processes: Readonly<Record<string, number>>;
}

/**
 * Events from POST to processed, one by one and in batches, on engines whose commits are on disk, the load generator on
 * the same processors; against the same rows written by the parts used bare, and against what one would write first.
 */
export async function runIngest(): Promise<BenchResult> {
  const engines = await startOwnEngines();
  const pool = createPool({ url: engines.databaseUrl, connectionLimit: 2 });
  try {
    console.log("  Tocsin");
    const ours = await measureOurs(engines, pool);
    console.log("  the floor");
    const floor = await measureBare(engines, pool, "floor", { singles, batched });
    console.log("  the peer");
    const peer = await measureBare(engines, pool, "peer", { singles: peerEvents, batched: peerEvents });
    return {
      bench: "ingest",
      rows: rowsOf({ ours, floor, peer }),
      targets: targetsOf({ ours, floor, peer }),
    };
  } finally {
    await pool.close();
    await engines.release();
  }
}

interface Paces {
  single: Pace;
  batch: Pace;
}

async function measureOurs(engines: OwnEngines, pool: Pool): Promise<Paces> {
  const settings = {
    EVENT_RATE_LIMIT_PER_MINUTE: "100000000",
    RATE_LIMIT_PER_MINUTE: "1000000",
    LOG_LEVEL: "warn",
  };
  const system = await startSystem({ ...engines, release: async () => {} }, settings);
  try {
    const admin = await logIn(system, accounts.admin.email);
    await giveRules(system.url, admin.token);
    const key = await admin.post("/api/v1/api-keys", { name: "Bench", scopes: ["events:send"] });
    const target = {
      url: system.url,
      path: (isBatch: boolean) => (isBatch ? "/api/v1/events/batch" : "/api/v1/events"),
      token: String(key.body["secret"]),
      processes: { api: system.api().pid, worker: system.worker().pid, ...engines.pids() },
    };
    await send(pool, target, { count: 2_000, isBatch: false });
    const before = await countAlerts(pool);
    const single = await send(pool, target, { count: singles, isBatch: false });
    const batch = await send(pool, target, { count: batched, isBatch: true });
    const expected = [singles, batched].map(
      (count) => Array.from({ length: count }, (_, n) => n).filter(isMatching).length,
    );
    const alerts = (await countAlerts(pool)) - before;
    const wanted = expected.reduce((sum, count) => sum + count, 0);
    if (alerts !== wanted) throw new Error(`${alerts} alerts were raised, not ${wanted}`);
    return { single, batch };
  } finally {
    await system.close();
  }
}

async function countAlerts(pool: Pool): Promise<number> {
  const [row] = await pool.query<{ count: number }[]>(
    "SELECT COUNT(*) AS count FROM notification WHERE kind = 'alert'",
  );
  return row?.count ?? 0;
}

/** A thousand rules for a role with three people. */
async function giveRules(url: string, token: string): Promise<void> {
  const names = Array.from({ length: ruleCount }, (_, index) => index);
  const create = async () => {
    for (let rule = names.shift(); rule !== undefined; rule = names.shift()) {
      const response = await fetch(`${url}/api/v1/rules`, {
        method: "POST",
        headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
        body: JSON.stringify({
          name: `Rule ${rule}`,
          condition: conditionOf(rule),
          targetRoles: ["Operator", "Admin", "Auditor"].slice(0, recipientCount),
          stormLimit: 100_000,
        }),
      });
      if (response.status !== 201) throw new Error(`A rule was refused: ${await response.text()}`);
    }
  };
  await Promise.all(Array.from({ length: 5 }, create));
}

async function measureBare(
  engines: OwnEngines,
  pool: Pool,
  name: "floor" | "peer",
  counts: { singles: number; batched: number },
): Promise<Paces> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const started: StartedProcess = await startProcess({
    name,
    entry: join(import.meta.dirname, `${name}.ts`),
    env: { DATABASE_URL: engines.databaseUrl, REDIS_URL: engines.redisUrl, PORT: String(port) },
    isReady: `${url}/ready`,
  });
  try {
    const target = { url, path: () => "/", token: "", processes: { [name]: started.pid, ...engines.pids() } };
    return {
      single: await send(pool, target, { count: counts.singles, isBatch: false }),
      batch: await send(pool, target, { count: counts.batched, isBatch: true }),
    };
  } finally {
    await started.stop();
  }
}

/** Sends so many events and waits until all of them are processed. */
async function send(
  pool: Pool,
  target: System,
  { count, isBatch }: { count: number; isBatch: boolean },
): Promise<Pace> {
  const events = Array.from({ length: count }, (_, index) => eventOf(index));
  const bodies = isBatch
    ? Array.from({ length: count / batchSize }, (_, index) =>
        JSON.stringify({ events: events.slice(index * batchSize, (index + 1) * batchSize) }),
      )
    : events.map((event) => JSON.stringify(event));
  const before = { ...cpuOf(target.processes), load: cpuTime(process.pid) };
  const startedAt = performance.now();
  const load = await sendAll(
    { ...target, path: target.path(isBatch), connections: isBatch ? 10 : connections },
    bodies,
    (answer) => (isBatch ? (JSON.parse(answer) as { accepted: number }).accepted : 1),
  );
  if (load.accepted !== count) throw new Error(`${load.accepted} of ${count} events were accepted`);
  await eventually(
    async () => {
      const [row] = await pool.query<{ open: number }[]>(
        "SELECT COUNT(*) AS open FROM event WHERE status IN ('received', 'failed')",
      );
      if (row?.open !== 0) throw new Error(`${row?.open} events are not processed`);
    },
    { timeoutMs: 300_000, everyMs: 50 },
  );
  const seconds = (performance.now() - startedAt) / 1000;
  const after = { ...cpuOf(target.processes), load: cpuTime(process.pid) };
  const cpu = Object.fromEntries(
    Object.entries(after).map(([name, value]) => [
      name,
      (value - (before[name as keyof typeof before] ?? 0)) / count,
    ]),
  );
  return { accepted: count / load.seconds, processed: count / seconds, load, cpu };
}

function cpuOf(processes: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, cpuTime(pid)]));
}

function rowsOf(paces: Record<"ours" | "floor" | "peer", Paces>): Row[] {
  const names = { ours: "Tocsin", floor: "bare parts", peer: "one job an event" } as const;
  return (["single", "batch"] as const).flatMap((kind) => {
    const what = kind === "single" ? `single POSTs, ${connections} connections` : `batches of ${batchSize}`;
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
        ...Object.entries(pace.cpu).map(([name, value]) => ({
          case: `${label}, CPU of ${name}`,
          value,
          unit: "µs/event",
        })),
      ];
    });
  });
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
