import { freePort } from "@tocsin/sandbox/engines/free-port";
import type { TurnsOptions } from "../options.ts";
import type { BenchResult } from "../report.ts";
import { assertEqual, countRows } from "../system/progress.ts";
import { type MeasuredTocsin, startTocsin } from "../system/tocsin.ts";
import { type RunningSystem, startBarePrograms } from "./bare-programs.ts";
import { type LoadedSystem, loadedTocsin } from "./send-events.ts";
import { type Measured, tablesOf } from "./tables.ts";
import {
  alertsOfTurns,
  type Contender,
  type Counts,
  type Paces,
  takeTurns,
  warmUpFor,
  wholeTurns,
} from "./take-turns.ts";

/** Events for each second that a load is to last, as a rough guess of what the machine does. */
const singlesPerSecond = 5_000;
const batchedPerSecond = 15_000;
/** The peer is slower: all of them would take minutes. */
const peerPerSecond = 500;

/** Some seconds' worth of what a system does: V8 goes on to compile what runs often for thousands of requests. */
const mostWarmUp = 15_000;
const mostWarmUpOfPeer = 3_000;

/**
 * Events from POST to processed, one by one and in batches, on engines whose commits are on disk, the load generator on
 * the same processors: first Tocsin alone; then in turns with the same rows written by the parts used bare, and with what
 * one would write first; at last two of each process. Where there are two database servers they take turns as well.
 */
export async function runIngest({ seconds, databases }: TurnsOptions): Promise<BenchResult> {
  const counts = {
    singles: wholeTurns(singlesPerSecond * seconds),
    batched: wholeTurns(batchedPerSecond * seconds),
    warmUp: warmUpFor(seconds, mostWarmUp),
  };
  const few = {
    singles: wholeTurns(peerPerSecond * seconds),
    batched: wholeTurns(peerPerSecond * seconds),
    warmUp: warmUpFor(seconds, mostWarmUpOfPeer),
  };
  const systems: MeasuredTocsin[] = [];
  try {
    for (const database of databases) systems.push(await startTocsin(database));
    console.log("  alone");
    const aloneOf = await measureOurs(
      systems.map((tocsin) => [tocsin, loadedTocsin(tocsin)]),
      counts,
    );
    const measuredOf = await measureAll(systems, counts, few);
    console.log("  two of each");
    const doubled: [MeasuredTocsin, LoadedSystem][] = [];
    for (const tocsin of systems) doubled.push([tocsin, await twoOfEachOf(tocsin)]);
    const twoOfEachPaces = await measureOurs(doubled, counts);
    const alerts = 3 * alertsOfTurns(counts);
    for (const { pool } of systems) {
      assertEqual("Alerts raised", await countRows(pool, "notification", "kind = 'alert'"), alerts);
    }
    const found = systems.map((tocsin) => ({
      database: tocsin.database,
      alone: aloneOf(tocsin),
      measured: measuredOf(tocsin),
      twoOfEach: twoOfEachPaces(tocsin),
    }));
    return {
      bench: "ingest",
      databases: systems.map(({ database }) => database),
      ...tablesOf(found),
    };
  } finally {
    for (const tocsin of systems) await tocsin.close();
  }
}

async function measureAll(
  systems: readonly MeasuredTocsin[],
  counts: Counts,
  few: Counts,
): Promise<(tocsin: MeasuredTocsin) => Measured> {
  const contenders: Contender<string>[] = [];
  const running: RunningSystem[] = [];
  const start = async (tocsin: MeasuredTocsin, names: readonly [string, ...string[]]) => {
    const started = await startBarePrograms(tocsin, names);
    running.push(started);
    return started;
  };
  try {
    for (const tocsin of systems) {
      const { kind } = tocsin.database;
      const [floor, peer] = [
        await start(tocsin, ["floor"]),
        await start(tocsin, ["peer-api", "peer-worker"]),
      ];
      contenders.push(
        { key: `${kind} ours`, pool: tocsin.pool, target: loadedTocsin(tocsin), counts },
        { key: `${kind} floor`, ...floor, counts },
        { key: `${kind} peer`, ...peer, counts: few },
      );
    }
    const pacesOf = await takeTurns(contenders);
    return ({ database: { kind } }) => ({
      ours: pacesOf(`${kind} ours`),
      floor: pacesOf(`${kind} floor`),
      peer: pacesOf(`${kind} peer`),
    });
  } finally {
    await Promise.all(running.map((started) => started.stop()));
  }
}

/** Tocsin on each of the servers in turns: nothing else is running but the engines. */
async function measureOurs(
  targets: readonly (readonly [MeasuredTocsin, LoadedSystem])[],
  counts: Counts,
): Promise<(tocsin: MeasuredTocsin) => Paces> {
  const pacesOf = await takeTurns(
    targets.map(([{ database, pool }, target]) => ({
      ...{ key: database.kind, pool, target, counts },
    })),
  );
  return ({ database }) => pacesOf(database.kind);
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
