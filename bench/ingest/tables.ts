import { atLeast, type Row, type Target } from "../report.ts";
import { percentile } from "../system/load.ts";
import { batchSize, type Pace, singleConnections } from "./send-events.ts";
import type { PaceOfTurns, Paces } from "./take-turns.ts";

const names = { ours: "Tocsin", floor: "bare parts", peer: "one job an event" } as const;

/** What each of the systems did, by kind of load. */
export type Measured = Record<keyof typeof names, Paces>;

const titles = {
  single: `single POSTs, ${singleConnections} connections`,
  batch: `batches of ${batchSize}`,
} as const;

/** All that was measured, with the ratios to the floor and to the peer. */
export function rowsOf(paces: Measured): Row[] {
  return (["single", "batch"] as const).flatMap((kind) =>
    (["ours", "floor", "peer"] as const).flatMap((who) => rowsOfOne(paces, kind, who)),
  );
}

function rowsOfOne(paces: Measured, kind: keyof Paces, who: keyof Measured): Row[] {
  const [pace, floor, peer] = [paces[who][kind], paces.floor[kind], paces.peer[kind]];
  const label = `${titles[kind]}: ${names[who]}`;
  const speed = (what: string, value: "accepted" | "processed"): Row => ({
    ...{ case: `${label}, ${what}`, value: pace[value], unit: "events/s" },
    floorRatio: pace[value] / floor[value],
    ...(who === "ours" && { peerRatio: pace[value] / peer[value] }),
  });
  return [
    speed("accepted", "accepted"),
    { ...speed("accepted and processed", "processed"), range: pace.range },
    { case: `${label}, answer p50`, value: percentile(pace.latencies, 0.5), unit: "ms" },
    { case: `${label}, answer p99`, value: percentile(pace.latencies, 0.99), unit: "ms" },
    {
      ...{ case: `${label}, CPU of all`, value: costOf(pace), unit: "µs/event" },
      floorRatio: costOf(floor) / costOf(pace),
      ...(who === "ours" && { peerRatio: costOf(peer) / costOf(pace) }),
    },
    ...Object.entries(pace.cpu).map(([name, value]) => ({
      ...{ case: `${label}, CPU of ${name}`, value, unit: "µs/event" },
    })),
  ];
}

/** Microseconds that an event costs, all processes and the load together: less at the mercy of what else runs here. */
function costOf({ cpu }: Pace): number {
  return Object.values(cpu).reduce((sum, value) => sum + value, 0);
}

/** What Tocsin did while nothing else took turns with it. */
export function rowsOfOurs(title: string, { single, batch }: Paces): Row[] {
  return [
    processedBy(`${title}: single POSTs processed`, single),
    processedBy(`${title}: batches of ${batchSize} processed`, batch),
  ];
}

function processedBy(title: string, { processed, range }: PaceOfTurns): Row {
  return { case: title, value: processed, unit: "events/s", range };
}

/** What is wanted of it. */
export function targetsOf(alone: Paces, { ours, floor, peer }: Measured): Target[] {
  const share = (kind: keyof Paces, value: "accepted" | "processed") =>
    ours[kind][value] / floor[kind][value];
  return [
    atLeast("single POSTs, accepted and processed, events/s", 4_000, alone.single.processed),
    atLeast(`batches of ${batchSize}, accepted and processed, events/s`, 15_000, alone.batch.processed),
    atLeast("single POSTs, times the peer", 6, ours.single.processed / peer.single.processed),
    atLeast("batches, times the peer", 20, ours.batch.processed / peer.batch.processed),
    atLeast("accepting single POSTs, share of the floor", 0.5, share("single", "accepted")),
    atLeast("single POSTs to the end, share of the floor", 0.4, share("single", "processed")),
    atLeast("batches to the end, share of the floor", 0.3, share("batch", "processed")),
  ];
}
