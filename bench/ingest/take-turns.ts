import type { Pool } from "@tocsin/db/pool";
import { median, rangeOf } from "../measure.ts";
import { matchingOf } from "./event-set.ts";
import { batchSize, type LoadedSystem, type Pace, sendEvents } from "./send-events.ts";

/** How fast a system was in the median of its turns. */
export interface PaceOfTurns extends Pace {
  /** Processed in its slowest and in its quickest turn. Events a second. */
  range: { least: number; most: number };
  /** Processed in each turn. Events a second. */
  turns: readonly number[];
}

/** What it did with events one by one, and with batches of them. */
export interface Paces {
  single: PaceOfTurns;
  batch: PaceOfTurns;
}

/** How many events one system is sent, over all turns. */
export interface Counts {
  singles: number;
  batched: number;
  /** Sent of each kind before anything is measured: code is compiled and connections are open by then. */
  warmUp: number;
}

/** A system that takes its turn. */
export interface Contender<Key extends string> {
  key: Key;
  target: LoadedSystem;
  /** Where its events are. */
  pool: Pool;
  counts: Counts;
}

/** A machine's mood changes within minutes: with several short turns each system meets the same ones. */
const turns = 7;

/** About so many events, of which each turn has as many, in whole batches. */
export function wholeTurns(events: number): number {
  const ofEach = turns * batchSize;
  return Math.round(events / ofEach) * ofEach;
}

/** How many events warm a system up: the most for a load of ten seconds, fewer for one that only tries whether all works. */
export function warmUpFor(seconds: number, most: number): number {
  return Math.min(most, Math.ceil((most * seconds) / 10 / batchSize) * batchSize);
}

/** How many alerts a system has raised after its warm-up and all of its turns. */
export function alertsOfTurns({ singles, batched, warmUp }: Counts): number {
  return matchingOf(singles) + matchingOf(batched) + 2 * matchingOf(warmUp);
}

/**
 * Loads each system in turn, over and over, and nothing else meanwhile.
 * @returns gives the median of the turns of one
 */
export async function takeTurns<Key extends string>(
  contenders: readonly Contender<Key>[],
): Promise<(key: Key) => Paces> {
  for (const { key, pool, target, counts } of contenders) {
    console.log(`  ${key} warms up`);
    await sendEvents(pool, target, { count: counts.warmUp, isBatch: false });
    await sendEvents(pool, target, { count: counts.warmUp, isBatch: true });
  }
  console.log("  single POSTs");
  const single = await turnsOfKind(contenders, false);
  console.log("  batches");
  const batch = await turnsOfKind(contenders, true);
  return (key) => ({ single: medianPace(single.get(key)), batch: medianPace(batch.get(key)) });
}

async function turnsOfKind<Key extends string>(
  contenders: readonly Contender<Key>[],
  isBatch: boolean,
): Promise<Map<Key, Pace[]>> {
  const paces = new Map<Key, Pace[]>(contenders.map(({ key }) => [key, []]));
  for (let turn = 0; turn < turns; turn += 1) {
    // Back and forth: what one leaves to be flushed to disk must not always slow down the same one.
    for (const { key, pool, target, counts } of turn % 2 === 0 ? contenders : contenders.toReversed()) {
      const count = (isBatch ? counts.batched : counts.singles) / turns;
      paces.get(key)?.push(await sendEvents(pool, target, { count, isBatch }));
    }
  }
  return paces;
}

function medianPace(paces: readonly Pace[] = []): PaceOfTurns {
  const names = Object.keys(paces[0]?.cpu ?? {});
  const processed = paces.map((pace) => pace.processed);
  return {
    accepted: median(paces.map(({ accepted }) => accepted)),
    processed: median(processed),
    range: rangeOf(processed),
    turns: processed,
    latencies: paces.flatMap(({ latencies }) => latencies).toSorted((a, b) => a - b),
    cpu: Object.fromEntries(names.map((name) => [name, median(paces.map(({ cpu }) => cpu[name] ?? 0))])),
  };
}
