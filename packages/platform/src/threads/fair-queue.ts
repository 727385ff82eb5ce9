/** How much may run and wait. */
export interface QueueLimits {
  /** Run at once. */
  running: number;
  /** Run at once for one caller: fewer than `running`, so that there is always room for another. */
  runningPerCaller: number;
  /** Wait. */
  waiting: number;
  /** Wait for one caller. */
  waitingPerCaller: number;
}

/** What keeps a new entry out. */
export type Refusal = "queue_full" | "caller_full";

interface Entry {
  caller: string;
  start: () => void;
}

/**
 * Who is next: of those who wait the caller for whom the least runs, and of one caller who came first. Decides only: it
 * knows no threads and no clocks.
 */
export class FairQueue {
  readonly #limits: QueueLimits;
  readonly #waiting: Entry[] = [];
  readonly #running = new Map<string, number>();
  #runningCount = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  get running(): number {
    return this.#runningCount;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * Takes an entry, unless too many wait already; `start` is called at once where there is room, later otherwise.
   * @returns why it is not taken; or a function that takes it out again, and does nothing once it was started
   */
  add(caller: string, start: () => void): Refusal | (() => void) {
    const own = this.#waiting.filter((entry) => entry.caller === caller).length;
    if (own >= this.#limits.waitingPerCaller) return "caller_full";
    if (this.#waiting.length >= this.#limits.waiting) return "queue_full";
    const entry = { caller, start };
    this.#waiting.push(entry);
    this.#startNext();
    return () => {
      const place = this.#waiting.indexOf(entry);
      if (place !== -1) this.#waiting.splice(place, 1);
    };
  }

  /** Says that something that was started for a caller has ended. */
  release(caller: string): void {
    const left = this.#runningOf(caller) - 1;
    if (left > 0) this.#running.set(caller, left);
    else this.#running.delete(caller);
    this.#runningCount -= 1;
    this.#startNext();
  }

  #runningOf(caller: string): number {
    return this.#running.get(caller) ?? 0;
  }

  #startNext(): void {
    while (this.#runningCount < this.#limits.running) {
      const next = this.#takeNext();
      if (!next) return;
      this.#running.set(next.caller, this.#runningOf(next.caller) + 1);
      this.#runningCount += 1;
      next.start();
    }
  }

  #takeNext(): Entry | undefined {
    let best = -1;
    let least = this.#limits.runningPerCaller;
    for (const [place, { caller }] of this.#waiting.entries()) {
      if (this.#runningOf(caller) >= least) continue;
      best = place;
      least = this.#runningOf(caller);
    }
    return best === -1 ? undefined : this.#waiting.splice(best, 1)[0];
  }
}
