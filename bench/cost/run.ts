import { matchingOf } from "../ingest/event-set.ts";
import { batchConnections, batchSize, singleConnections } from "../ingest/send-events.ts";
import type { BenchOptions } from "../options.ts";
import { atMost, type BenchResult, type Row } from "../report.ts";
import { startCpuMeter } from "../system/cpu-time.ts";
import { assertEqual, countRows } from "../system/progress.ts";
import { startTocsin } from "../system/tocsin.ts";
import { countOwnStatements, untilDone } from "./counted-server.ts";
import { intakes, nothing, pipeline, sendEvents, type Work } from "./loads.ts";
import {
  type CountedServer,
  countCommits,
  counterNames,
  readCounters,
  type ServerCounters,
} from "./server-counters.ts";

const warmUpCount = 5_000;

/** A batch that comes alone is one commit; the rest is what the server and the API change meanwhile by themselves. */
const mostCommits = 1.15;

/** No limit of the API is met while the worker stands still. */
const settings = { EVENT_STREAM_LIMIT: "0", EVENT_AGE_LIMIT_SECONDS: "0" };

/**
 * What an event costs the database server: statements, commits, syncs and bytes, where events come one by one, in
 * batches, and where the pipeline processes them. The worker stands still while events are taken in, so that each part
 * is counted by itself.
 */
export async function runCost(options: BenchOptions): Promise<BenchResult> {
  const tocsin = await startTocsin(options, { settings });
  try {
    const costs: Cost[] = [];
    await tocsin.engines.administrate(async (administrator) => {
      const counted = countOwnStatements(tocsin, administrator);
      await countCommits(counted.server.send);
      await sendEvents(tocsin, { count: warmUpCount, size: 1, connections: singleConnections });
      await sendEvents(tocsin, { count: warmUpCount, size: batchSize, connections: batchConnections });
      await untilDone(counted);
      costs.push(await measure(counted.server, nothing(tocsin)));
      await tocsin.system.worker().stop();
      const works = intakes(tocsin, options.seconds);
      for (const work of works) {
        console.log(`  ${work.title}`);
        costs.push(await measure(counted.server, work));
      }
      console.log("  the pipeline");
      costs.push(await measure(counted.server, await pipeline(tocsin, counted)));
      const alerts = works.map(eventsOf).reduce((sum, events) => sum + matchingOf(events), 0);
      assertEqual(
        "Alerts raised",
        await countRows(tocsin.pool, "notification", "kind = 'alert'"),
        alerts + 2 * matchingOf(warmUpCount),
      );
    });
    const loneBatch = costs.find(({ work }) => work.unit === "a batch");
    return {
      bench: "cost",
      databases: [tocsin.database],
      rows: costs.flatMap(rowsOf),
      targets: [
        atMost(
          `commits of a batch of ${batchSize} that comes alone`,
          mostCommits,
          loneBatch?.counters.commits ?? Number.NaN,
        ),
      ],
    };
  } finally {
    await tocsin.close();
  }
}

function eventsOf({ unit, count }: Work): number {
  return unit === "a batch" ? count * batchSize : count;
}

/** What each unit of some work costs. */
interface Cost {
  work: Work;
  counters: ServerCounters;
  /** Microseconds by process. */
  cpu: Record<string, number>;
}

async function measure(server: CountedServer, work: Work): Promise<Cost> {
  const before = await readCounters(server);
  const cpuOf = startCpuMeter(work.processes);
  await work.run();
  const cpu = cpuOf(work.count);
  const after = await readCounters(server);
  const each = counterNames.map((name) => [name, (after[name] - before[name]) / work.count]);
  return { work, cpu, counters: Object.fromEntries(each) as Record<(typeof counterNames)[number], number> };
}

/** What there is none of is left out. */
function rowsOf({ work, counters, cpu }: Cost): Row[] {
  return [
    ...counterNames
      .filter((name) => counters[name] > 0)
      .map((name) => ({ case: `${work.title}: ${name}`, value: counters[name], unit: work.unit })),
    ...Object.entries(cpu).map(([name, value]) => ({
      ...{ case: `${work.title}: CPU of ${name}`, value, unit: `µs ${work.unit}` },
    })),
  ];
}
