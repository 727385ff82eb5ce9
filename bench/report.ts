import { mkdir, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { databaseSuffix, describeDatabase, type MeasuredDatabase } from "./system/database-choice.ts";

/** One measured case. */
export interface Row {
  case: string;
  value: number;
  unit: string;
  /** Where it is the median of several: the least and the most of them. */
  range?: { least: number; most: number };
  /** How much of the floor's speed it reaches: 1 is as fast as the floor. */
  floorRatio?: number;
  /** How many times faster than the peer it is. */
  peerRatio?: number;
}

/** What a benchmark promises. */
export interface Target {
  name: string;
  want: string;
  got: number;
  ok: boolean;
}

/** What a benchmark found. */
export interface BenchResult {
  bench: string;
  /** The database servers that it ran on; none where it needs none. */
  databases: readonly MeasuredDatabase[];
  rows: Row[];
  targets: Target[];
}

/** A target that is met from `least` upwards. */
export function atLeast(name: string, least: number, got: number): Target {
  return { name, want: `≥ ${least}`, got: round(got), ok: got >= least };
}

/** A target that is met up to `most`. */
export function atMost(name: string, most: number, got: number): Target {
  return { name, want: `≤ ${most}`, got: round(got), ok: got <= most };
}

/** Prints the table of a result and writes it to bench/results. */
export async function report(result: BenchResult): Promise<void> {
  if (result.databases.length > 0) {
    console.log(`\n${result.bench} on ${result.databases.map(describeDatabase).join(", and on ")}`);
  }
  printTable(
    ["case", "value", "unit", "min–max", "of floor", "× peer"],
    result.rows.map((row) => [
      row.case,
      show(row.value),
      row.unit,
      row.range ? `${show(row.range.least)}–${show(row.range.most)}` : "",
      show(row.floorRatio),
      show(row.peerRatio),
    ]),
  );
  printTable(
    ["target", "want", "got", ""],
    result.targets.map(({ name, want, got, ok }) => [name, want, String(got), ok ? "met" : "MISSED"]),
  );
  const folder = join(import.meta.dirname, "results");
  await mkdir(folder, { recursive: true });
  const [processor] = cpus();
  const machine = {
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    processor: processor?.model ?? "unknown",
    processors: cpus().length,
    memoryGB: Math.round(totalmem() / 2 ** 30),
    finishedAt: new Date().toISOString(),
  };
  const file = join(folder, `${nameOf(result)}.json`);
  await writeFile(file, `${JSON.stringify({ ...result, machine }, null, 2)}\n`);
  console.log(`Written to ${file}`);
}

/** "rules", "inbox.mysql" or, where two took turns, "ingest.mysql.mariadb". */
function nameOf({ bench, databases }: BenchResult): string {
  return [bench, ...databases.map(databaseSuffix)].join(".");
}

function show(value: number | undefined): string {
  return value === undefined ? "" : String(round(value));
}

/** Three significant digits, whole numbers from 100 on. */
function round(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

function printTable(head: readonly string[], rows: readonly string[][]): void {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
  console.log();
  for (const cells of [head, ...rows]) console.log(line(cells).join("  ").trimEnd());
  console.log();
}
