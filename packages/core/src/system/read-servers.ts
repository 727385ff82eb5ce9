import type { Pool } from "@tocsin/db/pool";
import { type DatabaseServer, parseServerVersion } from "@tocsin/db/server-version";
import type { Redis } from "ioredis";

/** Which database answers, and its version. @throws whatever the database throws */
export async function readDatabaseServer(pool: Pool): Promise<DatabaseServer> {
  const [row] = await pool.query<{ version: string }[]>("SELECT VERSION() AS version");
  return parseServerVersion(row?.version ?? "unknown");
}

/** The version of the Redis that answers. @throws whatever Redis or the connection throws */
export async function readRedisServer(redis: Redis): Promise<{ version: string }> {
  const info = await redis.info("server");
  return { version: /redis_version:(\S+)/.exec(info)?.[1] ?? "unknown" };
}
