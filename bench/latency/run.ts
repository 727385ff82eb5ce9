import { eventually } from "@tocsin/sandbox/testing/eventually";
import { eventOf, matchingOf } from "../ingest/event-set.ts";
import { singleConnections } from "../ingest/send-events.ts";
import type { BenchOptions } from "../options.ts";
import { atMost, type BenchResult } from "../report.ts";
import { measureCapacity } from "../system/capacity.ts";
import { percentile } from "../system/load.ts";
import { sendPaced } from "../system/paced-load.ts";
import { assertEqual, untilProcessed } from "../system/progress.ts";
import { startTocsin } from "../system/tocsin.ts";
import { notePusherCalls } from "./pusher-calls.ts";

/** The share of what the system can do at most. */
const loadShare = 0.5;

/**
 * How long it takes from the moment a producer reads that its event is accepted until Pusher is called for the alert,
 * at half of the load that the same run found to be the most.
 */
export async function runLatency(options: BenchOptions): Promise<BenchResult> {
  const { seconds } = options;
  const tocsin = await startTocsin(options);
  const { system, pool, token } = tocsin;
  try {
    const capacity = await measureCapacity(tocsin, Math.min(seconds, 5));
    console.log(`  ${Math.round(capacity)} events a second at the most`);
    const calls = notePusherCalls(system.pusher);
    const acceptedAt = new Map<string, number>();
    const answers: number[] = [];
    const perSecond = capacity * loadShare;
    const target = { url: system.url, path: "/api/v1/events", token };
    const load = {
      perSecond,
      seconds,
      connections: singleConnections * 4,
      bodyOf: (n: number) => JSON.stringify(eventOf(n)),
    };
    const { sent, skipped } = await sendPaced(target, load, (answer, milliseconds) => {
      assertEqual("Status", answer.status, 202);
      answers.push(milliseconds);
      acceptedAt.set((JSON.parse(answer.body) as { id: string }).id, Date.now());
    });
    assertEqual("Events that could not be sent in time", skipped, 0);
    await untilProcessed(pool);
    await eventually(() => assertEqual("Alerts delivered", delivered().length, matchingOf(sent)), {
      timeoutMs: 30_000,
    });
    await calls.stop();
    const latencies = delivered().toSorted((a, b) => a - b);
    const answersSorted = answers.toSorted((a, b) => a - b);
    return {
      bench: "latency",
      databases: [tocsin.database],
      rows: [
        { case: "the most that is accepted and processed", value: capacity, unit: "events/s" },
        { case: "the load of this run", value: sent / seconds, unit: "events/s" },
        { case: "answer p50", value: percentile(answersSorted, 0.5), unit: "ms" },
        { case: "answer p99", value: percentile(answersSorted, 0.99), unit: "ms" },
        { case: "accepted to Pusher called, alerts measured", value: latencies.length, unit: "" },
        { case: "accepted to Pusher called, p50", value: percentile(latencies, 0.5), unit: "ms" },
        { case: "accepted to Pusher called, p99", value: percentile(latencies, 0.99), unit: "ms" },
      ],
      targets: [
        atMost("accepted to Pusher called at half load, p50, ms", 15, percentile(latencies, 0.5)),
        atMost("accepted to Pusher called at half load, p99, ms", 60, percentile(latencies, 0.99)),
      ],
    };

    function delivered(): number[] {
      return Array.from(calls.times).flatMap(([id, at]) => {
        const accepted = acceptedAt.get(id);
        return accepted === undefined ? [] : [at - accepted];
      });
    }
  } finally {
    await tocsin.close();
  }
}
