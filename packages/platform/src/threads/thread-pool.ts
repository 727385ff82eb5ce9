import { availableParallelism } from "node:os";
import { DomainError } from "@tocsin/contracts/errors";
import { Piscina } from "piscina";
import type { Logger } from "../logger.ts";
import { FairQueue, type QueueLimits } from "./fair-queue.ts";
import type { TaskFunction, ThreadTask } from "./thread-task.ts";

/** Of two threads one caller may take one: there is always one for the others. */
const threads = Math.max(2, Math.min(4, availableParallelism()));

/** See docs/limits.md. */
export const threadLimits: QueueLimits = {
  running: threads,
  runningPerCaller: threads - 1,
  waiting: 64,
  waitingPerCaller: 8,
};

/** Longer than this nothing waits for a thread. Milliseconds. */
const patienceMs = 10_000;

/** Threads that had nothing to do for so long are ended. Milliseconds. */
const idleMs = 300_000;

/** A thread that needs more memory is ended, and the process is not. MiB. */
const threadMemory = 192;

/** What became of tasks. */
export type TaskOutcome = "done" | "failed" | "deadline" | "cancelled" | "refused";

export interface RunOptions {
  /** Whose work it is: a user, an API key, an address. No caller gets all threads. */
  caller: string;
  /** Aborted when nobody waits for the result any more: the thread stops working on it. */
  signal?: AbortSignal | undefined;
}

/** Threads for work that would hold up everything else in the process. */
export interface ThreadPool {
  /**
   * Does a task in a thread.
   * @throws DomainError TOO_MANY_REQUESTS where too much of the same caller's waits already; UNAVAILABLE where too much
   * waits, it waited too long, or it ran beyond its deadline or memory; the signal's reason where it was aborted;
   * what the task throws, as a plain Error
   */
  run<Run extends TaskFunction>(
    task: ThreadTask<Run>,
    input: Parameters<Run>[0],
    options: RunOptions,
  ): Promise<ReturnType<Run>>;
  /** How many tasks run and wait. */
  usage(): { running: number; waiting: number };
  /** How many tasks came to which end so far. */
  outcomes(): readonly { task: string; outcome: TaskOutcome; count: number }[];
  /** Ends the threads with whatever they are doing. */
  close(): Promise<void>;
}

export interface ThreadPoolOptions {
  log: Logger;
  limits?: QueueLimits;
  patienceMs?: number;
}

/** Makes a pool. It starts its first thread with its first task. */
export function createThreadPool({
  log,
  limits = threadLimits,
  patienceMs: patience = patienceMs,
}: ThreadPoolOptions): ThreadPool {
  const queue = new FairQueue(limits);
  const ends = new OutcomeCount();
  let piscina: Piscina | undefined;
  let isClosed = false;

  function start(): Piscina {
    const started = new Piscina({
      minThreads: 0,
      maxThreads: limits.running,
      idleTimeout: idleMs,
      resourceLimits: { maxOldGenerationSizeMb: threadMemory },
    });
    // A thread that dies with nothing to do takes nobody's work with it.
    started.on("error", (error: unknown) => log.warn("A thread ended by an error", { error }));
    return started;
  }

  async function work<Run extends TaskFunction>(
    task: ThreadTask<Run>,
    input: Parameters<Run>[0],
    signal: AbortSignal | undefined,
  ): Promise<ReturnType<Run>> {
    const deadline = AbortSignal.timeout(task.deadlineMs);
    piscina ??= start();
    try {
      const result: unknown = await piscina.run(input, {
        filename: task.module.href,
        name: "run",
        signal: signal ? AbortSignal.any([deadline, signal]) : deadline,
      });
      ends.count(task.name, "done");
      return result as ReturnType<Run>;
    } catch (error) {
      if (signal?.aborted) {
        ends.count(task.name, "cancelled");
        throw reasonOf(signal);
      }
      if (deadline.aborted || isOutOfMemory(error)) {
        ends.count(task.name, "deadline");
        log.warn("A task was ended: it took too long or too much memory", { task: task.name });
        throw unavailable(`This took longer than ${task.deadlineMs} ms or too much memory, and was stopped`);
      }
      ends.count(task.name, "failed");
      throw isClosed ? unavailable("The process is stopping") : error;
    }
  }

  return {
    async run(task, input, { caller, signal }) {
      if (isClosed) throw unavailable("The process is stopping");
      if (signal?.aborted) throw reasonOf(signal);
      try {
        await takeTurn(queue, { caller, signal, patienceMs: patience });
      } catch (error) {
        ends.count(task.name, signal?.aborted ? "cancelled" : "refused");
        throw error;
      }
      try {
        return await work(task, input, signal);
      } finally {
        queue.release(caller);
      }
    },
    usage: () => ({ running: queue.running, waiting: queue.waiting }),
    outcomes: () => ends.all(),
    async close() {
      isClosed = true;
      await piscina?.destroy();
    },
  };
}

/** Waits for a thread; who got one must release it. */
async function takeTurn(
  queue: FairQueue,
  { caller, signal, patienceMs: patience }: RunOptions & { patienceMs: number },
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let abort: (() => void) | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const leave = queue.add(caller, resolve);
      if (typeof leave === "string") throw refusals[leave]();
      // Left in the same breath: a place that is given up is never started.
      const giveUp = (error: Error) => {
        leave();
        reject(error);
      };
      timer = setTimeout(() => giveUp(unavailable("No thread was free in time")), patience);
      abort = () => giveUp(reasonOf(signal));
      signal?.addEventListener("abort", abort, { once: true });
    });
  } finally {
    clearTimeout(timer);
    if (abort) signal?.removeEventListener("abort", abort);
  }
}

/** Counts how many tasks of which name came to which end. */
class OutcomeCount {
  readonly #counts = new Map<string, { task: string; outcome: TaskOutcome; count: number }>();

  count(task: string, outcome: TaskOutcome): void {
    const key = `${task} ${outcome}`;
    const known = this.#counts.get(key) ?? { task, outcome, count: 0 };
    known.count += 1;
    this.#counts.set(key, known);
  }

  all(): { task: string; outcome: TaskOutcome; count: number }[] {
    return [...this.#counts.values()];
  }
}

const refusals = {
  queue_full: () => unavailable("Too much is being worked on"),
  caller_full: () =>
    new DomainError("TOO_MANY_REQUESTS", {
      detail: "Too many of your requests wait for a thread; wait for their answers first",
      retryAfterSeconds: 1,
    }),
} as const;

function unavailable(detail: string): DomainError {
  return new DomainError("UNAVAILABLE", { detail, retryAfterSeconds: 2 });
}

function reasonOf(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error("Cancelled", { cause: reason });
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY";
}
