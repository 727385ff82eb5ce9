import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "@tocsin/platform/logger";
import type { Redis } from "ioredis";
import { readStreamState, type StreamState } from "../system/read-stream-state.ts";

/** How often the stream is looked at. Milliseconds. */
const everyMs = 1_000;

/** How much may wait to be processed before events are refused; 0 is no limit. */
export interface BacklogLimits {
  /** Entries of the stream, which Redis holds in memory. */
  streamLength: number;
  /** The age of the oldest one. Seconds. */
  oldestSeconds: number;
}

/** Why no more events are to be taken; null where they are. */
export function judgeBacklog(
  { length, oldestSeconds }: Pick<StreamState, "length" | "oldestSeconds">,
  limits: BacklogLimits,
): string | null {
  if (limits.streamLength > 0 && length >= limits.streamLength) {
    return `${length} events wait to be processed`;
  }
  if (limits.oldestSeconds > 0 && oldestSeconds >= limits.oldestSeconds) {
    return `Events have waited to be processed for ${Math.round(oldestSeconds)} s`;
  }
  return null;
}

export interface BacklogWatch {
  /** Why no more events are to be taken, as of the last second; null where they are. */
  reason: () => string | null;
  stop: () => Promise<void>;
}

/**
 * Looks every second at how much waits in the stream. While Redis is away nothing is held against an event: MySQL keeps
 * it.
 */
export function watchBacklog(
  { redis, log }: { redis: Redis; log: Logger },
  limits: BacklogLimits,
): BacklogWatch {
  const stopping = new AbortController();
  let reason: string | null = null;

  async function look(): Promise<void> {
    const before = reason;
    reason = await readStreamState(redis).then(
      (state) => judgeBacklog(state, limits),
      () => null,
    );
    if (reason !== null && before === null) log.error("Events are refused", { reason });
    if (reason === null && before !== null) log.info("Events are taken again");
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await look();
      await wait(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  }

  const isLimited = limits.streamLength > 0 || limits.oldestSeconds > 0;
  const running = isLimited ? run() : Promise.resolve();
  return {
    reason: () => reason,
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
