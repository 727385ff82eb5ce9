import { isUtf8 } from "node:buffer";
import { eventConsumerGroup, eventStreamKey } from "@tocsin/contracts/stream";
import type { RawEntry } from "@tocsin/core/pipeline/stream-entry";
import type { Redis } from "ioredis";

/** As bytes: what is no UTF-8 would become other text without a word. */
type RedisEntry = [id: Buffer, fields: Buffer[] | null];

/** The event stream as one worker of the consumer group sees it. */
export interface EventStream {
  /** Entries that no worker has had; waits up to `blockMs` for the first. */
  readNew(count: number, blockMs: number): Promise<RawEntry[]>;
  /** Entries that this worker was given before and never finished. */
  readUnfinished(count: number): Promise<RawEntry[]>;
  /** Takes over entries whose worker has not finished them for `idleMs`. */
  claimAbandoned(count: number, idleMs: number): Promise<RawEntry[]>;
  /** Takes entries that are dealt with out of the group and out of the stream, with one round trip. */
  finish(streamIds: readonly string[]): Promise<void>;
}

/**
 * Opens the stream for one consumer. The group is made where it is missing, also while running: Redis may have lost it.
 * @param blocking a connection of its own, since it waits
 */
export function openEventStream(
  connections: { blocking: Redis; plain: Redis },
  consumer: string,
): EventStream {
  const { blocking, plain } = connections;

  async function withGroup<Result>(command: () => Promise<Result>): Promise<Result> {
    try {
      return await command();
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith("NOGROUP")) throw error;
      await createGroup(plain);
      return command();
    }
  }

  return {
    async readNew(count, blockMs) {
      const reply = await withGroup(() =>
        blocking.xreadgroupBuffer(
          "GROUP",
          eventConsumerGroup,
          consumer,
          "COUNT",
          count,
          "BLOCK",
          blockMs,
          "STREAMS",
          eventStreamKey,
          ">",
        ),
      );
      return toEntries(firstStream(reply));
    },
    async readUnfinished(count) {
      const reply = await withGroup(() =>
        plain.xreadgroupBuffer(
          "GROUP",
          eventConsumerGroup,
          consumer,
          "COUNT",
          count,
          "STREAMS",
          eventStreamKey,
          "0",
        ),
      );
      return finishDeleted(firstStream(reply));
    },
    async claimAbandoned(count, idleMs) {
      const reply = (await withGroup(() =>
        plain.callBuffer(
          "XAUTOCLAIM",
          eventStreamKey,
          eventConsumerGroup,
          consumer,
          idleMs,
          "0-0",
          "COUNT",
          count,
        ),
      )) as [next: Buffer, entries: RedisEntry[]];
      return toEntries(reply[1]);
    },
    finish,
  };

  async function finish(streamIds: readonly string[]): Promise<void> {
    if (streamIds.length === 0) return;
    const replies = await plain
      .multi()
      .xack(eventStreamKey, eventConsumerGroup, ...streamIds)
      .xdel(eventStreamKey, ...streamIds)
      .exec();
    const failed = replies?.find(([error]) => error !== null);
    if (failed?.[0]) throw failed[0];
  }

  /** Entries that are gone from the stream but still count as unfinished have no fields: nothing is left to do. */
  async function finishDeleted(entries: readonly RedisEntry[]): Promise<RawEntry[]> {
    await finish(entries.filter(([, fields]) => fields === null).map(([id]) => id.toString()));
    return toEntries(entries);
  }
}

/** Makes the stream and its consumer group where they are missing. */
export async function createGroup(redis: Redis): Promise<void> {
  try {
    await redis.xgroup("CREATE", eventStreamKey, eventConsumerGroup, "0", "MKSTREAM");
  } catch (error) {
    // Another worker was faster.
    if (!(error instanceof Error) || !error.message.startsWith("BUSYGROUP")) throw error;
  }
}

function firstStream(reply: unknown): RedisEntry[] {
  const streams = reply as [name: Buffer, entries: RedisEntry[]][] | null;
  return streams?.[0]?.[1] ?? [];
}

function toEntries(entries: readonly RedisEntry[]): RawEntry[] {
  return entries.flatMap(([id, fields]) => {
    if (!fields) return [];
    const entry = { streamId: id.toString(), fields: fields.map(String) };
    return [fields.every(isUtf8) ? entry : { ...entry, isUtf8: false }];
  });
}
