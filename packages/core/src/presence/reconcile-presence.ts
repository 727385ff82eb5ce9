import type { Redis } from "ioredis";
import { notePresence } from "./note-presence.ts";
import { userOfChannel } from "./presence-key.ts";

/** One worker asks Pusher, not all of them. */
const turnKey = "tocsin:presence:turn";

/**
 * Asks Pusher which private channels are open, in case its news of them got lost. Who is not among them stops counting
 * as present after a while.
 * @param everyMs how often this is done by all workers together
 * @returns how many are present; null where it was another worker's turn
 */
export async function reconcilePresence(
  { redis, clock }: { redis: Redis; clock: () => Date },
  listChannels: () => Promise<string[]>,
  everyMs: number,
): Promise<number | null> {
  if ((await redis.set(turnKey, "1", "PX", Math.round(everyMs * 0.9), "NX")) !== "OK") return null;
  const at = clock();
  const userIds = (await listChannels()).flatMap((channel) => userOfChannel(channel) ?? []);
  await notePresence(
    redis,
    userIds.map((userId) => ({ userId, isPresent: true })),
    { now: clock(), at },
  );
  return userIds.length;
}
