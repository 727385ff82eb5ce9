import { isTransient } from "@tocsin/db/errors";
import type { Pool } from "@tocsin/db/pool";
import type { Redis } from "ioredis";

/** What Redis is given to keep, and how long it keeps it. Seconds. */
const probeKey = "tocsin:readiness";
const probeSeconds = 10;

/**
 * Writes to the database, and waits until it is committed: a server that answers, but is read-only, has no quorum or
 * cannot write its logs, accepts no event.
 * @throws whatever the database throws
 */
export async function writeToDatabase(pool: Pool): Promise<void> {
  try {
    await pool.query(
      "INSERT INTO readiness_probe (id, count) VALUES (1, 1) ON DUPLICATE KEY UPDATE count = count + 1",
    );
  } catch (error) {
    // A cluster that takes writes on several nodes refuses the later of two at once: it takes writes.
    if (!isTransient(error)) throw error;
  }
}

/**
 * Writes to Redis: a replica, or one whose memory is full, answers and yet takes no event.
 * @throws whatever Redis or the connection throws
 */
export async function writeToRedis(redis: Redis): Promise<void> {
  await redis.set(probeKey, "1", "EX", probeSeconds);
}
