import { type Backtest, backtestSamples, type BacktestSample } from "@tocsin/contracts/api/backtests";
import type { PastEvent } from "./read-past-events.ts";
import type { PastMatch } from "./simulate-gates.ts";

const minuteMs = 60_000;
const hourMs = 3_600_000;

/** What a backtest found so far. Events come newest first. */
export class Tally {
  lookedAt = 0;
  readonly matches: PastMatch[] = [];
  readonly samples: BacktestSample[] = [];
  readonly difference: NonNullable<Backtest["difference"]> = {
    onlyNew: 0,
    onlyOld: 0,
    both: 0,
    onlyNewSamples: [],
    onlyOldSamples: [],
  };
  #newest: Date | null = null;
  #oldest: Date | null = null;

  /** Counts an event that the rule was held against. */
  look({ receivedAt }: PastEvent): void {
    this.lookedAt += 1;
    if (!this.#newest || receivedAt > this.#newest) this.#newest = receivedAt;
    if (!this.#oldest || receivedAt < this.#oldest) this.#oldest = receivedAt;
  }

  /** Counts a match of the rule, and whether the stored rule matched too. */
  addMatch(event: PastEvent, alert: { title: string; groupKey: string | null }, isOldToo: boolean): void {
    const { groupKey, title } = alert;
    this.matches.push({ eventId: event.id, at: event.receivedAt.getTime(), groupKey });
    keep(this.samples, event, title);
    if (isOldToo) this.difference.both += 1;
    else {
      this.difference.onlyNew += 1;
      keep(this.difference.onlyNewSamples, event, title);
    }
  }

  /** Counts an event that only the stored rule matched. */
  addOldMatch(event: PastEvent, title: string): void {
    this.difference.onlyOld += 1;
    keep(this.difference.onlyOldSamples, event, title);
  }

  /** When the events came in that were looked at. */
  get range(): Pick<Backtest, "from" | "to"> {
    return { from: this.#oldest?.toISOString() ?? null, to: this.#newest?.toISOString() ?? null };
  }

  /** Matches by hour, oldest first. */
  get perHour(): Backtest["perHour"] {
    return countBy(this.matches, hourMs)
      .toSorted(([a], [b]) => a - b)
      .map(([start, matched]) => ({ hour: new Date(start).toISOString(), matched }));
  }

  /** The minute with the most matches; of several the first. */
  get peakMinute(): Backtest["peakMinute"] {
    const [peak] = countBy(this.matches, minuteMs).toSorted(([a, more], [b, less]) => less - more || a - b);
    return peak ? { minute: new Date(peak[0]).toISOString(), matched: peak[1] } : null;
  }
}

function countBy(matches: readonly PastMatch[], unitMs: number): [start: number, matched: number][] {
  const counts = new Map<number, number>();
  for (const { at } of matches) {
    const start = Math.floor(at / unitMs) * unitMs;
    counts.set(start, (counts.get(start) ?? 0) + 1);
  }
  return [...counts];
}

function keep(samples: BacktestSample[], { id, type, source, receivedAt }: PastEvent, title: string): void {
  if (samples.length === backtestSamples) return;
  samples.push({ eventId: id, type, source, receivedAt: receivedAt.toISOString(), title });
}
