import { ENGINE_NAMES } from "@tocsin/sandbox/engines/engine";
import { atLeast, type Row, type Target } from "../report.ts";
import type { MeasuredDatabase } from "../system/database-choice.ts";
import { percentile } from "../system/load.ts";
import { compareDatabases } from "./compare-databases.ts";
import { batchSize, type Pace, singleConnections } from "./send-events.ts";
import type { PaceOfTurns, Paces } from "./take-turns.ts";

const names = { ours: "Tocsin", floor: "bare parts", peer: "one job an event" } as const;

/** What each of the systems did, by kind of load. */
export type Measured = Record<keyof typeof names, Paces>;

/** What was measured on one database server. */
export interface Found {
  database: MeasuredDatabase;
  alone: Paces;
  measured: Measured;
  twoOfEach: Paces;
}

const titles = {
  single: `single POSTs, ${singleConnections} connections`,
  batch: `batches of ${batchSize}`,
} as const;

/** All that was measured and wanted; with the server's name before each line where there are two. */
export function tablesOf(found: readonly Found[]): { rows: Row[]; targets: Target[] } {
  const [only] = found;
  if (only && found.length === 1) return { rows: rowsOfDatabase(only), targets: targetsOf(only) };
  const compared = compareDatabases(found);
  return {
    rows: [
      ...found.flatMap((one) =>
        rowsOfDatabase(one).map((row) => ({ ...row, case: `${nameOf(one)}, ${row.case}` })),
      ),
      ...compared.rows,
    ],
    targets: [
      ...found.flatMap((one) =>
        targetsOf(one).map((target) => ({ ...target, name: `${nameOf(one)}, ${target.name}` })),
      ),
      ...compared.targets,
    ],
  };
}

function nameOf({ database }: Found): string {
  return ENGINE_NAMES[database.kind];
}

function rowsOfDatabase({ alone, measured, twoOfEach }: Found): Row[] {
  return [
    ...rowsOfOurs("Tocsin alone", alone),
    ...rowsOf(measured),
    ...rowsOfOurs("two APIs, two workers", twoOfEach),
  ];
}

/** All systems that took turns, with the ratios to the floor and to the peer. */
function rowsOf(paces: Measured): Row[] {
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
function rowsOfOurs(title: string, { single, batch }: Paces): Row[] {
  return [
    processedBy(`${title}: single POSTs processed`, single),
    processedBy(`${title}: batches of ${batchSize} processed`, batch),
  ];
}

function processedBy(title: string, { processed, range }: PaceOfTurns): Row {
  return { case: title, value: processed, unit: "events/s", range };
}

/** What is wanted of it. Events a second were wanted where there was MariaDB alone; for MySQL see {@link compareDatabases}. */
function targetsOf({ database, alone, measured: { ours, floor, peer } }: Found): Target[] {
  const share = (kind: keyof Paces, value: "accepted" | "processed") =>
    ours[kind][value] / floor[kind][value];
  const absolute = [
    atLeast("single POSTs, accepted and processed, events/s", 4_000, alone.single.processed),
    atLeast(`batches of ${batchSize}, accepted and processed, events/s`, 15_000, alone.batch.processed),
  ];
  return [
    ...(database.kind === "mariadb" ? absolute : []),
    atLeast("single POSTs, times the peer", 6, ours.single.processed / peer.single.processed),
    atLeast("batches, times the peer", 20, ours.batch.processed / peer.batch.processed),
    atLeast("accepting single POSTs, share of the floor", 0.5, share("single", "accepted")),
    atLeast("single POSTs to the end, share of the floor", 0.55, share("single", "processed")),
    atLeast("batches to the end, share of the floor", 0.6, share("batch", "processed")),
  ];
}
