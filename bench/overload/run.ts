import { eventOf } from "../ingest/event-set.ts";
import type { BenchOptions } from "../options.ts";
import { atLeast, atMost, type BenchResult } from "../report.ts";
import { measureCapacity } from "../system/capacity.ts";
import { residentMegabytes } from "../system/cpu-time.ts";
import { percentile } from "../system/load.ts";
import { sendPaced } from "../system/paced-load.ts";
import { assertEqual, countRows, untilProcessed } from "../system/progress.ts";
import { startTocsin } from "../system/tocsin.ts";

/** How much more than it can do is asked of the system. */
const overload = 2;

/** So many events may wait in the API: fewer than connections, so that it has to refuse. */
const backlogLimit = 500;
const connections = 2_000;

/** How often memory is looked at. Milliseconds. */
const sampleEvery = 100;

/**
 * Twice the load that the system can bear: what it accepts must not become less, what it refuses it must refuse at
 * once, and nothing that was accepted may be lost.
 */
export async function runOverload(options: BenchOptions): Promise<BenchResult> {
  const { seconds } = options;
  const tocsin = await startTocsin(options, { settings: { EVENT_BACKLOG_LIMIT: String(backlogLimit) } });
  const { system, pool, token } = tocsin;
  try {
    const capacity = await measureCapacity(tocsin, Math.min(seconds, 5));
    console.log(`  ${Math.round(capacity)} events a second at the most`);
    const before = await countRows(pool, "event", "TRUE");
    const memory = watchMemory({ api: system.api().pid, worker: system.worker().pid });
    const refusals: number[] = [];
    let [accepted, others] = [0, 0];
    const startedAt = performance.now();
    const { sent, skipped } = await sendPaced(
      { url: system.url, path: "/api/v1/events", token },
      { perSecond: capacity * overload, seconds, connections, bodyOf: (n) => JSON.stringify(eventOf(n)) },
      ({ status }, milliseconds) => {
        if (status === 202) accepted += 1;
        else if (status === 503) refusals.push(milliseconds);
        else others += 1;
      },
    );
    const acceptedPace = accepted / ((performance.now() - startedAt) / 1000);
    await untilProcessed(pool);
    const processedPace = accepted / ((performance.now() - startedAt) / 1000);
    const growth = memory.stop();
    assertEqual("Answers that are neither 202 nor 503", others, 0);
    assertEqual("Events stored", (await countRows(pool, "event", "TRUE")) - before, accepted);
    assertEqual(
      "Events processed",
      await countRows(pool, "event", "status = 'processed'"),
      before + accepted,
    );
    const slowest = refusals.reduce((most, one) => Math.max(most, one), 0);
    return {
      bench: "overload",
      databases: [tocsin.database],
      rows: [
        { case: "the most that is accepted and processed", value: capacity, unit: "events/s" },
        { case: "asked for", value: (sent + skipped) / seconds, unit: "events/s" },
        { case: "accepted meanwhile", value: acceptedPace, unit: "events/s" },
        { case: "accepted and processed, backlog included", value: processedPace, unit: "events/s" },
        { case: "refused with 503", value: refusals.length, unit: "events" },
        { case: "not sent: every connection waited", value: skipped, unit: "events" },
        {
          case: "refusal p50",
          value: percentile(
            refusals.toSorted((a, b) => a - b),
            0.5,
          ),
          unit: "ms",
        },
        { case: "the slowest refusal", value: slowest, unit: "ms" },
        { case: "memory of the API, more than before", value: growth["api"] ?? 0, unit: "MB" },
        { case: "memory of the worker, more than before", value: growth["worker"] ?? 0, unit: "MB" },
      ],
      targets: [
        atLeast("processed under twice the load, share of the most", 0.9, processedPace / capacity),
        atLeast("events refused, so that it was too much indeed", 1, refusals.length),
        atMost("the slowest refusal, ms", 1_000, slowest),
        atMost("memory of the API, MB more than before", 300, growth["api"] ?? 0),
        atMost("memory of the worker, MB more than before", 300, growth["worker"] ?? 0),
      ],
    };
  } finally {
    await tocsin.close();
  }
}

/** Watches how much memory processes hold; `stop` tells by how many megabytes each grew at the most. */
function watchMemory(processes: Readonly<Record<string, number>>): { stop: () => Record<string, number> } {
  const watched = Object.entries(processes).map(([name, pid]) => {
    const before = residentMegabytes(pid);
    return { name, pid, before, most: before };
  });
  const sample = () => {
    for (const one of watched) one.most = Math.max(one.most, residentMegabytes(one.pid));
  };
  const timer = setInterval(sample, sampleEvery);
  return {
    stop() {
      clearInterval(timer);
      sample();
      return Object.fromEntries(watched.map(({ name, before, most }) => [name, most - before]));
    },
  };
}
