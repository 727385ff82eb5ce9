import { type PushPlatform, pushPlatforms } from "@tocsin/contracts/channels";
import { addToStream } from "@tocsin/core/events/announce-events";
import { readStreamIds } from "@tocsin/core/rebuild/read-stream-ids";
import { waitingEvents } from "@tocsin/core/rebuild/waiting-events";
import { findOpenStorms, type WaitingKind, waitingWork } from "@tocsin/core/rebuild/waiting-work";
import type { Pool } from "@tocsin/db/pool";
import type { WakeUps, WakeUpTime } from "@tocsin/platform/wake-ups";
import type { Redis } from "ioredis";
import type { BucketQueue } from "../buckets/bucket-queue.ts";
import type { RetryQueue } from "../retries/retry-queue.ts";
import type { StormQueue } from "../storms/storm-queue.ts";
import { createGroup } from "../stream/event-stream.ts";

export interface RebuildServices {
  pool: Pool;
  redis: Redis;
  wakeUps: WakeUps;
  retries: RetryQueue;
  storms: StormQueue;
  bucketChecks: BucketQueue;
}

/** What is put back, in this order. */
export const rebuiltParts = [
  "events",
  "retries",
  "deliveries",
  "withdrawals",
  ...pushPlatforms.map(pushesOf),
  "storm summaries",
] as const;
type RebuiltPart = (typeof rebuiltParts)[number];

function pushesOf(platform: PushPlatform) {
  return `${platform} pushes` as const;
}

/** Told, again and again, how much of a part was put back so far. */
type Tell = (part: RebuiltPart, count: number) => void;

/**
 * Makes what Redis has lost anew from MySQL: the stream with its consumer group, and the jobs of every queue. What is
 * there already stays as it is, and whatever is put back twice is processed once; so it may run at any time, also
 * beside workers, and as often as one likes.
 * @throws whatever MySQL or Redis says
 */
export async function rebuildRedis(services: RebuildServices, tell: Tell): Promise<void> {
  const { pool, redis, wakeUps, storms, bucketChecks } = services;
  await createGroup(redis);
  await bucketChecks.declare();
  await rebuildEvents(services, tell);
  const wake = (part: RebuiltPart, kind: WaitingKind, wakeAt: WakeAt) =>
    rebuildWork(pool, kind, wakeAt, (count) => tell(part, count));
  await wake("deliveries", "deliver", (ids, time) => wakeUps.deliver(ids, time));
  await wake("withdrawals", "withdraw", (ids, time) => wakeUps.withdraw(ids, time));
  for (const platform of pushPlatforms) {
    await wake(pushesOf(platform), platform, (ids, time) => wakeUps.push(platform, ids, time));
  }
  await rebuildStorms(pool, storms, tell);
}

/** Events that wait for nothing go into the stream, unless it holds them; failed ones come back at their time. */
async function rebuildEvents({ pool, redis, retries }: RebuildServices, tell: Tell): Promise<void> {
  const held = await readStreamIds(redis);
  const counts = { events: 0, retries: 0 };
  for (const status of ["received", "failed"] as const) {
    for await (const events of waitingEvents(pool, status)) {
      const isLater = ({ delay }: { delay: number }) => status === "failed" && delay > 0;
      const missing = events.filter((event) => !isLater(event) && !held.has(event.id));
      const later = events.filter(isLater);
      await addToStream(redis, missing);
      await retries.wake(later.map(({ id, delay }) => ({ eventId: id, delay })));
      counts.events += missing.length;
      counts.retries += later.length;
      tell("events", counts.events);
      tell("retries", counts.retries);
    }
  }
}

type WakeAt = (ids: readonly string[], time: WakeUpTime) => Promise<void>;

/** What becomes due in the same second is woken together. */
async function rebuildWork(
  pool: Pool,
  kind: WaitingKind,
  wakeAt: WakeAt,
  tell: (count: number) => void,
): Promise<void> {
  let count = 0;
  for await (const work of waitingWork(pool, kind)) {
    for (const [seconds, some] of Map.groupBy(work, ({ delay }) => Math.ceil(delay / 1000))) {
      await wakeAt(
        some.map(({ id }) => id),
        { delay: seconds * 1000 },
      );
    }
    tell((count += work.length));
  }
}

async function rebuildStorms(pool: Pool, storms: StormQueue, tell: Tell): Promise<void> {
  const open = await findOpenStorms(pool);
  await storms.wakeOverdue(open.filter(({ delay }) => delay === 0).map(({ ruleId }) => ruleId));
  for (const { ruleId, digestNo, delay } of open.filter((storm) => storm.delay > 0)) {
    await storms.wakeNext(ruleId, { digestNo, windowSeconds: delay / 1000 });
  }
  tell("storm summaries", open.length);
}
