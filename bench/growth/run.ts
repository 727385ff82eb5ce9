import { setTimeout as wait } from "node:timers/promises";
import { matchingOf } from "../ingest/event-set.ts";
import { ruleCount } from "../ingest/rule-set.ts";
import { loadedTocsin, type Pace, sendEvents } from "../ingest/send-events.ts";
import type { BenchOptions } from "../options.ts";
import { atMost, type BenchResult, type Row } from "../report.ts";
import { assertEqual, countRows, untilDelivered } from "../system/progress.ts";
import { type MeasuredTocsin, startTocsin } from "../system/tocsin.ts";
import { fillEvents } from "./fill-events.ts";

/** Events a second of each load, as a rough guess of what the machine does. */
const singlesPerSecond = 4_000;
const batchedPerSecond = 10_000;

const fewEvents = 50_000;
const moreRules = 10;

/** How long MariaDB is given to write out what was filled in. Milliseconds. */
const settling = 15_000;

interface Measured {
  single: Pace;
  batch: Pace;
}

/**
 * What an event costs, in CPU of all processes but the load's, where few events are stored and where many are, and
 * where there are ten times as many rules, none of which could match.
 */
export async function runGrowth({ seconds, stored }: BenchOptions): Promise<BenchResult> {
  const tocsin = await startTocsin();
  const { pool } = tocsin;
  try {
    await fillEvents(pool, fewEvents);
    // Once for nothing: code that is not compiled yet must not be counted among the first.
    await measure(tocsin, Math.min(seconds, 3));
    const few = await measure(tocsin, seconds);
    await fillEvents(pool, stored);
    await wait(settling);
    const many = await measure(tocsin, seconds);
    console.log(`  ${ruleCount * moreRules} rules`);
    await tocsin.giveRules({ first: ruleCount, count: ruleCount * (moreRules - 1) });
    const rules = await measure(tocsin, seconds);
    const labels = [
      `${fewEvents.toLocaleString("en")} events stored`,
      `${stored.toLocaleString("en")} events stored`,
      `and ${moreRules} times the rules`,
    ];
    const kinds = ["single", "batch"] as const;
    const growth = (kind: keyof Measured, from: Measured, to: Measured) =>
      costOf(to[kind]) / costOf(from[kind]);
    return {
      bench: "growth",
      rows: [few, many, rules].flatMap((measured, index) =>
        kinds.flatMap((kind) => rowsOf(`${labels[index]}, ${kind}`, measured[kind])),
      ),
      targets: kinds.flatMap((kind) => [
        atMost(
          `${kind}: cost with ${stored.toLocaleString("en")} events, times that with few`,
          1.15,
          growth(kind, few, many),
        ),
        atMost(
          `${kind}: cost with ${moreRules} times the rules, times that before`,
          1.15,
          growth(kind, many, rules),
        ),
      ]),
    };
  } finally {
    await tocsin.close();
  }
}

async function measure(tocsin: MeasuredTocsin, seconds: number): Promise<Measured> {
  const { pool } = tocsin;
  const target = loadedTocsin(tocsin);
  const [singles, batched] = [singlesPerSecond * seconds, batchedPerSecond * seconds];
  const before = await countRows(pool, "notification", "kind = 'alert'");
  const single = await sendEvents(pool, target, { count: singles, isBatch: false });
  const batch = await sendEvents(pool, target, { count: batched, isBatch: true });
  const alerts = (await countRows(pool, "notification", "kind = 'alert'")) - before;
  assertEqual("Alerts raised", alerts, matchingOf(singles) + matchingOf(batched));
  await untilDelivered(pool);
  return { single, batch };
}

/** Microseconds of CPU that an event costs, the load itself left out. */
function costOf({ cpu }: Pace): number {
  return Object.entries(cpu).reduce((sum, [name, value]) => (name === "load" ? sum : sum + value), 0);
}

function rowsOf(label: string, pace: Pace): Row[] {
  return [
    { case: `${label}: accepted and processed`, value: pace.processed, unit: "events/s" },
    { case: `${label}: CPU of all`, value: costOf(pace), unit: "µs/event" },
    ...Object.entries(pace.cpu).map(([name, value]) => ({
      case: `${label}: CPU of ${name}`,
      ...{ value, unit: "µs/event" },
    })),
  ];
}
