import { Redis } from "ioredis";
import { ENGINE_NAMES } from "./engine.ts";
import type { DatabaseKind, EngineKind } from "./engine.ts";
import { openConnection } from "./open-connection.ts";

/** What a server says it is. */
export interface ServerVersion<Kind extends EngineKind = EngineKind> {
  kind: Kind;
  /** Its numbers alone, for example "9.7.4". */
  version: string;
}

const CONNECT_TIMEOUT_MS = 2_000;

/**
 * Asks a MySQL or MariaDB server which of the two it is.
 *
 * @throws the driver's SqlError when it does not answer, or refuses this user and password.
 */
export async function askDatabase(url: string): Promise<ServerVersion<DatabaseKind>> {
  const connection = await openConnection(url);
  try {
    const rows = await connection.query<{ version: string }[]>("SELECT VERSION() AS version");
    return parseDatabaseVersion(rows[0]?.version ?? "");
  } finally {
    await connection.end();
  }
}

/** Reads what VERSION() gives, or the version line of a server program: only MariaDB's names the server. */
export function parseDatabaseVersion(text: string): ServerVersion<DatabaseKind> {
  return { kind: /mariadb/i.test(text) ? "mariadb" : "mysql", version: numbersOf(text) };
}

/** Asks a Redis server for its version; "" where it does not tell this user. */
export async function askRedis(url: string): Promise<ServerVersion<"redis">> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_TIMEOUT_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // Without a listener the client prints its errors; the promise below carries them too.
  redis.on("error", () => undefined);
  try {
    await redis.connect();
    const version = /^redis_version:(\S+)/m.exec(await redis.info("server"))?.[1];
    return { kind: "redis", version: version ?? "" };
  } catch {
    return { kind: "redis", version: "" };
  } finally {
    redis.disconnect();
  }
}

/** For people: "MySQL 9.7.4". */
export function formatServer({ kind, version }: ServerVersion): string {
  return `${ENGINE_NAMES[kind]} ${version}`.trim();
}

function numbersOf(text: string): string {
  return /\d+\.\d+(?:\.\d+)?/.exec(text)?.[0] ?? "";
}
