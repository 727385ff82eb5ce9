import type { Arrival } from "./arrivals.ts";
import type { EventResult } from "./expected-alerts.ts";

export interface SummaryInput {
  sent: number;
  accepted: number;
  results: Iterable<EventResult>;
  /** Ids of the notifications that the person must be told of. */
  expected: ReadonlySet<string>;
  /** What arrived, by the notification's id. */
  arrivals: ReadonlyMap<string, Arrival>;
}

export interface Summary {
  sent: number;
  accepted: number;
  /** Events that a rule matched. */
  matched: number;
  /** Events whose processing did not come to an end. */
  unfinished: number;
  expected: number;
  delivered: number;
  /** Expected and not arrived. */
  missing: number;
  /** Arrived and not expected. */
  unexpected: number;
  /** From sending to arrival (ms); undefined when nothing arrived. */
  latencyMs: { p50: number; p99: number } | undefined;
}

const P50 = 0.5;
const P99 = 0.99;

export function summarise({ sent, accepted, results, expected, arrivals }: SummaryInput): Summary {
  const all = [...results];
  const latencies = [...arrivals.values()].map(({ latencyMs }) => latencyMs);
  return {
    sent,
    accepted,
    matched: all.filter(({ matches }) => matches.length > 0).length,
    unfinished: accepted - all.filter(({ status }) => status === "processed").length,
    expected: expected.size,
    delivered: arrivals.size,
    missing: [...expected].filter((id) => !arrivals.has(id)).length,
    unexpected: [...arrivals.keys()].filter((id) => !expected.has(id)).length,
    latencyMs:
      latencies.length === 0
        ? undefined
        : { p50: percentile(latencies, P50), p99: percentile(latencies, P99) },
  };
}

/** Whether every event was taken and processed, and exactly the expected alerts arrived. */
export function isComplete(summary: Summary): boolean {
  const { accepted, missing, sent, unexpected, unfinished } = summary;
  return accepted === sent && unfinished === 0 && missing === 0 && unexpected === 0;
}

/**
 * The smallest value that at least this share of the values doesn't exceed (nearest rank).
 *
 * @param share from 0 to 1.
 * @throws RangeError when there are no values.
 */
export function percentile(values: readonly number[], share: number): number {
  const value = values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)];
  if (value === undefined) throw new RangeError("No values");
  return value;
}

/** The summary for people. */
export function formatSummary(summary: Summary): string {
  const { latencyMs } = summary;
  const rows: [string, string][] = [
    ["sent", `${summary.sent} events`],
    ["accepted", `${summary.accepted}`],
    ["matched", `${summary.matched} events matched a rule`],
    ["delivered", `${summary.delivered} alerts`],
    ["expected", `${summary.expected}${isComplete(summary) ? "  ✓ exactly these arrived" : ""}`],
    ["latency", latencyMs === undefined ? "–" : `p50 ${format(latencyMs.p50)}, p99 ${format(latencyMs.p99)}`],
  ];
  const problems: [string, number][] = [
    ["events were not accepted", summary.sent - summary.accepted],
    ["events were not processed", summary.unfinished],
    ["expected alerts are missing", summary.missing],
    ["alerts were not expected", summary.unexpected],
  ];
  return [
    "",
    ...rows.map(([name, value]) => `  ${name.padEnd(10)} ${value}`),
    ...problems.filter(([, count]) => count > 0).map(([problem, count]) => `✗ ${count} ${problem}`),
  ].join("\n");
}

function format(milliseconds: number): string {
  return `${milliseconds.toFixed(0)} ms`;
}
