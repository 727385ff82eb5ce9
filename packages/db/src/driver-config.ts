/** The driver's settings that both of its copies know: ours and the one Prisma's adapter brings. */
export interface DriverConfig {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  ssl: boolean | { rejectUnauthorized: boolean };
  timezone: string;
  allowPublicKeyRetrieval: boolean;
  logParam: boolean;
  initSql: string[];
}

/** A database URL that cannot be used as it is. The message says why, and never holds the password. */
export class InvalidDatabaseUrlError extends Error {
  override readonly name = "InvalidDatabaseUrlError";
}

const EXAMPLE = "mysql://user:password@host:3306/database";

/** What the URL's query may say; all else is refused, for it would silently do nothing. */
const URL_PARAMETERS: readonly string[] = ["ssl", "sslaccept", "connection_limit"];

/** Waiting for a lock longer than this fails the statement. Seconds. */
const LOCK_WAIT_SECONDS = 10;

/** How much of each other transactions see that do not ask for more. */
export const SESSION_ISOLATION = "READ COMMITTED";

/**
 * What every session starts with, whatever the server's own defaults are: a value that does not fit is an error and
 * never cut, and a statement locks the rows it changes, not the gaps between them.
 */
const SESSION_SQL: readonly string[] = [
  `SET SESSION TRANSACTION ISOLATION LEVEL ${SESSION_ISOLATION}`,
  "SET SESSION sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE," +
    `ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS}`,
];

/**
 * The driver's settings for a database URL, such as mysql://user:password@host:3306/database. `?ssl=true` asks for TLS
 * with a certificate that is checked, as does Prisma's `sslaccept=strict`; `sslaccept=accept_invalid_certs` for TLS
 * with any. Dates are UTC on both sides.
 *
 * @throws InvalidDatabaseUrlError
 */
export function driverConfig(url: string): DriverConfig {
  const { hostname, port, username, password, pathname, searchParams } = parseDatabaseUrl(url);
  return {
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? 3306 : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    ssl: tlsConfig(searchParams),
    // The driver also sets the session's time zone to it: what the server computes is UTC too.
    timezone: "Z",
    // MySQL 8 and later keep passwords as SHA-256; without TLS the server's key has to be fetched.
    allowPublicKeyRetrieval: true,
    // Errors go into logs: they show the statement and not the values, which may be secret.
    logParam: false,
    initSql: [...SESSION_SQL],
  };
}

/** The `connection_limit` of a database URL; undefined where it names none. */
export function connectionLimitOf(url: string): number | undefined {
  const text = parseDatabaseUrl(url).searchParams.get("connection_limit");
  if (text === null) return undefined;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1) {
    throw new InvalidDatabaseUrlError(`connection_limit must be a whole number from 1, not "${text}".`);
  }
  return limit;
}

function parseDatabaseUrl(url: string): URL {
  const parsed = URL.parse(url);
  if (parsed === null || !["mysql:", "mariadb:"].includes(parsed.protocol) || parsed.hostname === "") {
    throw new InvalidDatabaseUrlError(`The database URL must look like ${EXAMPLE}.`);
  }
  if (!/^\/[^/]+$/.test(parsed.pathname)) {
    throw new InvalidDatabaseUrlError(`The database URL names no database; it must look like ${EXAMPLE}.`);
  }
  const unknown = [...parsed.searchParams.keys()].find((name) => !URL_PARAMETERS.includes(name));
  if (unknown !== undefined) {
    throw new InvalidDatabaseUrlError(
      `The database URL's parameter ${unknown} is not known; known are ${URL_PARAMETERS.join(", ")}.`,
    );
  }
  return parsed;
}

function tlsConfig(parameters: URLSearchParams): DriverConfig["ssl"] {
  const ssl = parameters.get("ssl") ?? "false";
  const accept = parameters.get("sslaccept");
  if (ssl !== "true" && ssl !== "false") {
    throw new InvalidDatabaseUrlError(`ssl must be true or false, not "${ssl}".`);
  }
  if (accept === null) return ssl === "true";
  if (accept === "strict") return true;
  if (accept === "accept_invalid_certs") return { rejectUnauthorized: false };
  throw new InvalidDatabaseUrlError(`sslaccept must be strict or accept_invalid_certs, not "${accept}".`);
}
