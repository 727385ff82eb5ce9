import { eventConsumerGroup, eventStreamKey } from "@tocsin/contracts/stream";
import type { Redis } from "ioredis";

/** The event stream as it is now. */
export interface StreamState {
  /** Entries in the stream: those being processed and those that wait. */
  length: number;
  /** Entries that no worker has had yet. */
  lag: number;
  /** Entries that a worker has and has not finished. */
  pending: number;
  /** How long ago the oldest entry was added. Seconds; 0 where the stream is empty. */
  oldestSeconds: number;
  workers: { name: string; pending: number; idleSeconds: number }[];
}

/** Reads the state of the stream with one round trip; a stream or group that is not there yet is empty. */
export async function readStreamState(redis: Redis): Promise<StreamState> {
  const replies = await redis
    .pipeline()
    .xlen(eventStreamKey)
    .xrange(eventStreamKey, "-", "+", "COUNT", 1)
    .xinfo("GROUPS", eventStreamKey)
    .xinfo("CONSUMERS", eventStreamKey, eventConsumerGroup)
    .time()
    .exec();
  const [length, oldest, groups, consumers, now] = (replies ?? []).map(([error, reply]) =>
    replyOf(error, reply),
  );
  const group = listOf(groups)
    .map(toRecord)
    .find(({ name }) => name === eventConsumerGroup);
  const [oldestEntry] = listOf(oldest) as [string, string[]][];
  return {
    length: Number(length ?? 0),
    // Redis knows no lag for a stream from whose middle entries were deleted: what is not pending waits.
    lag: Number(group?.["lag"] ?? Math.max(0, Number(length ?? 0) - Number(group?.["pending"] ?? 0))),
    pending: Number(group?.["pending"] ?? 0),
    oldestSeconds: oldestEntry ? secondsSince(Number(oldestEntry[0].split("-")[0]), listOf(now)) : 0,
    workers: listOf(consumers)
      .map(toRecord)
      .map(({ name, pending, idle }) => ({
        name: String(name),
        pending: Number(pending),
        idleSeconds: Math.round(Number(idle) / 1000),
      })),
  };
}

/** Null where there is no stream or group yet. */
function replyOf(error: Error | null, reply: unknown): unknown {
  if (!error) return reply;
  if (/^(NOGROUP|ERR no such key)/.test(error.message)) return null;
  throw error;
}

function listOf(reply: unknown): unknown[] {
  return Array.isArray(reply) ? reply : [];
}

/** Redis answers with names and values in turn. */
function toRecord(reply: unknown): Record<string, unknown> {
  const list = listOf(reply);
  return Object.fromEntries(
    Array.from({ length: Math.floor(list.length / 2) }, (_, index) => [
      String(list[index * 2]),
      list[index * 2 + 1],
    ]),
  );
}

/** By Redis' own clock, which also made the entry's id. */
function secondsSince(milliseconds: number, [seconds, microseconds]: unknown[]): number {
  const now = Number(seconds) * 1000 + Number(microseconds) / 1000;
  return Math.max(0, Math.round(now - milliseconds) / 1000);
}
