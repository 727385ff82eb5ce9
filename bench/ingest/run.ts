import { freePort } from "@tocsin/sandbox/engines/free-port";
import type { BenchOptions } from "../options.ts";
import type { BenchResult } from "../report.ts";
import { assertEqual, countRows } from "../system/progress.ts";
import { type MeasuredTocsin, startTocsin } from "../system/tocsin.ts";
import { startBarePrograms } from "./bare-programs.ts";
import { type LoadedSystem, loadedTocsin } from "./send-events.ts";
import { type Measured, rowsOf, rowsOfOurs, targetsOf } from "./tables.ts";
import { alertsOfTurns, type Counts, type Paces, takeTurns, wholeTurns } from "./take-turns.ts";

/** Events for each second that a load is to last, as a rough guess of what the machine does. */
const singlesPerSecond = 5_000;
const batchedPerSecond = 15_000;
/** The peer is slower: all of them would take minutes. */
const peerPerSecond = 500;

/** Some seconds' worth of what a system does: V8 goes on to compile what runs often for thousands of requests. */
const warmUpCount = 15_000;
const peerWarmUpCount = 3_000;

/**
 * Events from POST to processed, one by one and in batches, on engines whose commits are on disk, the load generator on
 * the same processors: first Tocsin alone; then in turns with the same rows written by the parts used bare, and with what
 * one would write first; at last two of each process.
 */
export async function runIngest({ seconds }: BenchOptions): Promise<BenchResult> {
  const counts = {
    singles: wholeTurns(singlesPerSecond * seconds),
    batched: wholeTurns(batchedPerSecond * seconds),
  };
  const few = { singles: wholeTurns(peerPerSecond * seconds), batched: wholeTurns(peerPerSecond * seconds) };
  const tocsin = await startTocsin();
  try {
    console.log("  alone");
    const alone = await measureOurs(tocsin, loadedTocsin(tocsin), counts);
    const measured = await measureAll(tocsin, counts, few);
    console.log("  two of each");
    const twoOfEach = await measureOurs(tocsin, await twoOfEachOf(tocsin), counts);
    const alerts = 3 * alertsOfTurns(counts, warmUpCount);
    assertEqual("Alerts raised", await countRows(tocsin.pool, "notification", "kind = 'alert'"), alerts);
    return {
      bench: "ingest",
      rows: [
        ...rowsOfOurs("Tocsin alone", alone),
        ...rowsOf(measured),
        ...rowsOfOurs("two APIs, two workers", twoOfEach),
      ],
      targets: targetsOf(alone, measured),
    };
  } finally {
    await tocsin.close();
  }
}

async function measureAll(tocsin: MeasuredTocsin, counts: Counts, few: Counts): Promise<Measured> {
  const [floor, peer] = await Promise.all([
    startBarePrograms(tocsin, ["floor"]),
    startBarePrograms(tocsin, ["peer-api", "peer-worker"]),
  ]);
  try {
    return await takeTurns([
      { name: "ours", pool: tocsin.pool, target: loadedTocsin(tocsin), counts, warmUpCount },
      { name: "floor", ...floor, counts, warmUpCount },
      { name: "peer", ...peer, counts: few, warmUpCount: peerWarmUpCount },
    ]);
  } finally {
    await Promise.all([floor.stop(), peer.stop()]);
  }
}

/** Nothing else is running but the engines. */
async function measureOurs({ pool }: MeasuredTocsin, target: LoadedSystem, counts: Counts): Promise<Paces> {
  const { ours } = await takeTurns([{ name: "ours", pool, target, counts, warmUpCount }]);
  return ours;
}

/** Starts a second API and a second worker on the same machine. */
async function twoOfEachOf(tocsin: MeasuredTocsin): Promise<LoadedSystem> {
  const { system } = tocsin;
  const target = loadedTocsin(tocsin);
  const [port, healthPort] = [String(await freePort()), String(await freePort())];
  const api = await system.startApi({ PORT: port });
  const worker = await system.startWorker({ WORKER_NAME: "second", WORKER_HEALTH_PORT: healthPort });
  return {
    ...target,
    urls: [...target.urls, `http://127.0.0.1:${port}`],
    processes: { ...target.processes, "second api": api.pid, "second worker": worker.pid },
  };
}
