import type { readinessSchema } from "@tocsin/contracts/api/system";
import { isOutOfSpace } from "@tocsin/db/is-out-of-space";
import type { Pool } from "@tocsin/db/pool";
import type { Redis } from "ioredis";
import type { z } from "zod";
import type { EventIntake } from "../events/event-intake.ts";
import { shareProbe } from "./share-probe.ts";
import { writeToDatabase, writeToRedis } from "./write-probe.ts";

type Readiness = z.infer<typeof readinessSchema>;

export interface ReadinessOptions {
  pool: Pool;
  redis: Redis;
  /** Where events are stored: what it met last is known without asking. */
  intake?: Pick<EventIntake, "trouble">;
  /** Whether the database's server was found to be one that Tocsin can work with. */
  isDatabaseUsable?: () => boolean;
}

/**
 * Tells whether events can be durably accepted: MySQL decides, by taking a write. Redis is written to too, but without
 * it events are still stored and processed later. However many ask, it is looked at most once a second.
 */
export function createReadinessCheck(options: ReadinessOptions): () => Promise<Readiness> {
  const { pool, redis, intake, isDatabaseUsable = () => true } = options;
  const askDatabase = shareProbe("MySQL", () => writeToDatabase(pool));
  const askRedis = shareProbe("Redis", () => writeToRedis(redis));
  return async () => {
    const [written, cache] = await Promise.all([askDatabase(), askRedis()]);
    const hasRoom = !isOutOfSpace(intake?.trouble());
    const mysql = isDatabaseUsable() && hasRoom ? written : "failed";
    return { status: mysql === "ok" ? "ready" : "not_ready", checks: { mysql, redis: cache } };
  };
}
