import { setTimeout as wait } from "node:timers/promises";
import { ruleCount } from "../ingest/rule-set.ts";
import { loadedTocsin, type Pace } from "../ingest/send-events.ts";
import {
  alertsOfTurns,
  type Counts,
  type Paces,
  takeTurns,
  warmUpFor,
  wholeTurns,
} from "../ingest/take-turns.ts";
import type { BenchOptions } from "../options.ts";
import { atMost, type BenchResult, type Row, type Target } from "../report.ts";
import { assertEqual, countRows, untilDelivered } from "../system/progress.ts";
import { type MeasuredTocsin, startTocsin } from "../system/tocsin.ts";
import { fillEvents } from "./fill-events.ts";

/** Events a second of each load, as a rough guess of what the machine does. */
const singlesPerSecond = 4_000;
const batchedPerSecond = 10_000;
const mostWarmUp = 10_000;

const fewEvents = 50_000;
const moreRules = 10;

/** How long the database servers are given to write out what was filled in. Milliseconds. */
const settling = 15_000;

/** What grew, of the systems that take turns. */
type Name = "few" | "many" | "rules";

/**
 * What an event costs, in CPU of all processes but the load's, where few events are stored, where many are, and where
 * there are ten times as many rules, none of which could match: three systems, each with engines of its own, in turns.
 */
export async function runGrowth(options: BenchOptions): Promise<BenchResult> {
  const { seconds, stored } = options;
  const systems: MeasuredTocsin[] = [];
  const start = async (events: number, rules: number) => {
    const tocsin = await startTocsin(options, { rules });
    systems.push(tocsin);
    await fillEvents(tocsin.pool, events);
    return tocsin;
  };
  try {
    const few = await start(fewEvents, ruleCount);
    const rules = await start(fewEvents, ruleCount * moreRules);
    const many = await start(stored, ruleCount);
    await wait(settling);
    const counts = {
      singles: wholeTurns(singlesPerSecond * seconds),
      batched: wholeTurns(batchedPerSecond * seconds),
      warmUp: warmUpFor(seconds, mostWarmUp),
    };
    const paces = await measure({ few, many, rules }, counts);
    const title = `${stored.toLocaleString("en")} events stored`;
    return {
      bench: "growth",
      databases: [few.database],
      rows: [
        ...rowsOf(`${fewEvents.toLocaleString("en")} events stored`, paces.few),
        ...rowsOf(title, paces.many),
        ...rowsOf(`${moreRules} times the rules`, paces.rules),
      ],
      targets: [
        ...targetsOf(`cost with ${title}, times that with few`, paces.few, paces.many),
        ...targetsOf(`cost with ${moreRules} times the rules, times that before`, paces.few, paces.rules),
      ],
    };
  } finally {
    for (const tocsin of systems) await tocsin.close();
  }
}

async function measure(systems: Record<Name, MeasuredTocsin>, counts: Counts): Promise<Record<Name, Paces>> {
  const names = ["few", "many", "rules"] as const;
  const pacesOf = await takeTurns(
    names.map((name) => ({
      ...{ key: name, pool: systems[name].pool, target: loadedTocsin(systems[name]), counts },
    })),
  );
  const alerts = alertsOfTurns(counts);
  for (const { pool } of Object.values(systems)) {
    assertEqual("Alerts raised", await countRows(pool, "notification", "kind = 'alert'"), alerts);
    await untilDelivered(pool);
  }
  return { few: pacesOf("few"), many: pacesOf("many"), rules: pacesOf("rules") };
}

const kinds = ["single", "batch"] as const;

function targetsOf(title: string, from: Paces, to: Paces): Target[] {
  return kinds.map((kind) => atMost(`${kind}: ${title}`, 1.15, costOf(to[kind]) / costOf(from[kind])));
}

/** Microseconds of CPU that an event costs, the load itself left out. */
function costOf({ cpu }: Pace): number {
  return Object.entries(cpu).reduce((sum, [name, value]) => (name === "load" ? sum : sum + value), 0);
}

function rowsOf(title: string, paces: Paces): Row[] {
  return kinds.flatMap((kind) => {
    const { processed, range, cpu } = paces[kind];
    const label = `${title}, ${kind}`;
    return [
      { case: `${label}: accepted and processed`, value: processed, unit: "events/s", range },
      { case: `${label}: CPU of all`, value: costOf(paces[kind]), unit: "µs/event" },
      ...Object.entries(cpu).map(([name, value]) => ({
        ...{ case: `${label}: CPU of ${name}`, value, unit: "µs/event" },
      })),
    ];
  });
}
