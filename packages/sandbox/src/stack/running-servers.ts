import { type DatabaseKind, type Engine, ENGINE_NAMES } from "../engines/engine.ts";
import { askDatabase, askRedis, formatServer, type ServerVersion } from "../engines/server-version.ts";
import { UserError } from "../engines/user-error.ts";

/** The servers that everything stands on, as they say themselves. */
export interface RunningServers {
  database: ServerVersion<DatabaseKind>;
  redis: ServerVersion<"redis">;
}

export interface ServerUrls {
  databaseUrl: string;
  redisUrl: string;
}

/** Where the servers are reached: those that were given, else the engines that were started. */
export function serverUrls(engines: readonly Engine[], given: Partial<ServerUrls>): ServerUrls {
  const urlOf = (isMeant: (engine: Engine) => boolean) => engines.find(isMeant)?.url ?? "";
  return {
    databaseUrl: given.databaseUrl ?? urlOf(({ kind }) => kind !== "redis"),
    redisUrl: given.redisUrl ?? urlOf(({ kind }) => kind === "redis"),
  };
}

/**
 * Asks both servers what they are.
 *
 * @param asked the database server that `--engine` names.
 * @param variable which variable may have given another one.
 * @throws UserError when the database server is another one than was asked for.
 */
export async function askServers(
  { databaseUrl, redisUrl }: ServerUrls,
  { asked, variable }: { asked: DatabaseKind | undefined; variable: string },
): Promise<RunningServers> {
  const [database, redis] = await Promise.all([askDatabase(databaseUrl), askRedis(redisUrl)]);
  if (asked !== undefined && asked !== database.kind) {
    throw new UserError(
      `--engine asks for ${ENGINE_NAMES[asked]}, and the server of ${variable} is ${formatServer(database)}:` +
        " unset one of the two.",
    );
  }
  return { database, redis };
}

/** For people: "MySQL 9.7.4 · Redis 7.0.15". */
export function formatServers({ database, redis }: RunningServers): string {
  return `${formatServer(database)} · ${formatServer(redis)}`;
}
