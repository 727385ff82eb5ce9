import type { Pool } from "@tocsin/db/pool";
import { batchSize, type LoadedSystem, type Pace, type Paces, sendEvents } from "./send-events.ts";

/** How many events one system is sent, over all turns. */
export interface Counts {
  singles: number;
  batched: number;
}

/** A system that takes its turn. */
export interface Contender<Name extends string> {
  name: Name;
  target: LoadedSystem;
  /** Where its events are. */
  pool: Pool;
  counts: Counts;
  /** Sent of each kind before anything is measured: code is compiled and connections are open by then. */
  warmUpCount: number;
}

/** A machine's mood changes within minutes: with several short turns each system meets the same ones. */
const turns = 5;

/** About so many events, of which each turn has as many, in whole batches. */
export function wholeTurns(events: number): number {
  const ofEach = turns * batchSize;
  return Math.round(events / ofEach) * ofEach;
}

/** Loads each system in turn, over and over, and nothing else meanwhile; gives what each did over all of its turns. */
export async function takeTurns<Name extends string>(
  contenders: readonly Contender<Name>[],
): Promise<Record<Name, Paces>> {
  for (const { name, pool, target, warmUpCount } of contenders) {
    console.log(`  ${name} warms up`);
    await sendEvents(pool, target, { count: warmUpCount, isBatch: false });
    await sendEvents(pool, target, { count: warmUpCount, isBatch: true });
  }
  console.log("  single POSTs");
  const single = await turnsOfKind(contenders, false);
  console.log("  batches");
  const batch = await turnsOfKind(contenders, true);
  const paces = contenders.map(({ name }) => [
    name,
    { single: meanPace(single.get(name)), batch: meanPace(batch.get(name)) },
  ]);
  return Object.fromEntries(paces) as Record<Name, Paces>;
}

async function turnsOfKind<Name extends string>(
  contenders: readonly Contender<Name>[],
  isBatch: boolean,
): Promise<Map<Name, Pace[]>> {
  const paces = new Map<Name, Pace[]>(contenders.map(({ name }) => [name, []]));
  for (let turn = 0; turn < turns; turn += 1) {
    for (const { name, pool, target, counts } of contenders) {
      const count = (isBatch ? counts.batched : counts.singles) / turns;
      paces.get(name)?.push(await sendEvents(pool, target, { count, isBatch }));
    }
  }
  return paces;
}

/** As if turns of the same number of events were one. */
function meanPace(paces: readonly Pace[] = []): Pace {
  const secondsAnEvent = (value: "accepted" | "processed") =>
    paces.reduce((sum, pace) => sum + 1 / pace[value], 0) / paces.length;
  const names = Object.keys(paces[0]?.cpu ?? {});
  const cpuOf = (name: string) => paces.reduce((sum, { cpu }) => sum + (cpu[name] ?? 0), 0) / paces.length;
  return {
    accepted: 1 / secondsAnEvent("accepted"),
    processed: 1 / secondsAnEvent("processed"),
    latencies: paces.flatMap(({ latencies }) => latencies).toSorted((a, b) => a - b),
    cpu: Object.fromEntries(names.map((name) => [name, cpuOf(name)])),
  };
}
