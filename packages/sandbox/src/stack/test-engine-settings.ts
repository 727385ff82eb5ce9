import { UserError } from "../engines/user-error.ts";

/** Servers the tests shall use instead of throw-away ones. */
export interface GivenTestEngines {
  databaseUrl?: string;
  redisUrl?: string;
}

/**
 * Reads TOCSIN_TEST_DATABASE_URL and TOCSIN_TEST_REDIS_URL. DATABASE_URL and REDIS_URL are never looked at: tests
 * create and drop databases.
 *
 * @throws UserError when the database's name does not end in _test, or a URL is not one.
 */
export function givenTestEngines(env: NodeJS.ProcessEnv): GivenTestEngines {
  const database = parseUrl(env, "TOCSIN_TEST_DATABASE_URL", "mysql:");
  const redis = parseUrl(env, "TOCSIN_TEST_REDIS_URL", "redis:");
  if (database !== undefined && !database.pathname.endsWith("_test")) {
    throw new UserError("TOCSIN_TEST_DATABASE_URL: the database's name must end in _test.");
  }
  return {
    ...(database === undefined ? {} : { databaseUrl: database.toString() }),
    ...(redis === undefined ? {} : { redisUrl: redis.toString() }),
  };
}

function parseUrl(env: NodeJS.ProcessEnv, variable: string, protocol: string): URL | undefined {
  const text = env[variable];
  if (text === undefined || text === "") return undefined;
  const url = URL.parse(text);
  if (url === null || url.protocol !== protocol) {
    throw new UserError(`${variable} must be a URL that starts with ${protocol}//`);
  }
  return url;
}
