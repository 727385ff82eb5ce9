import { readFileSync } from "node:fs";

/** The driver's settings for every connection to a database, whatever it is for. */
export interface DriverConfig {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  ssl: boolean | { rejectUnauthorized: boolean; ca?: string };
  timezone: string;
  collation: string;
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
const URL_PARAMETERS: readonly string[] = [
  "ssl",
  "sslaccept",
  "sslca",
  "allowPublicKeyRetrieval",
  "connection_limit",
];

/** Waiting for a lock longer than this fails the statement. Seconds. */
const LOCK_WAIT_SECONDS = 10;

/** How much of each other transactions see that do not ask for more. */
export const SESSION_ISOLATION = "READ COMMITTED";

/**
 * What every session starts with, whatever the server's own defaults are: a value that does not fit is an error and
 * never cut, and a statement locks the rows it changes, not the gaps between them.
 */
const SESSION_SQL: readonly string[] = [
  `SET SESSION TRANSACTION ISOLATION LEVEL ${SESSION_ISOLATION}, READ WRITE`,
  "SET SESSION sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE," +
    `ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = ${LOCK_WAIT_SECONDS}, autocommit = 1`,
];

/**
 * The driver's settings for a database URL, such as mysql://user:password@host:3306/database. Its parameters:
 *
 * - `ssl=true`, or Prisma's `sslaccept=strict`: TLS with a certificate that is checked.
 * - `sslca=/path/ca.pem`: the same, checked against this authority's certificate.
 * - `sslaccept=accept_invalid_certs`: TLS with any certificate.
 * - `allowPublicKeyRetrieval=true`: without TLS, ask the server for its public key to send the password under
 *   (caching_sha2_password). Only where nobody stands between: whoever answers in its place learns the password.
 * - `connection_limit=20`: how many connections a pool has at most.
 *
 * Dates are UTC on both sides.
 *
 * @throws InvalidDatabaseUrlError
 */
export function driverConfig(url: string): DriverConfig {
  const { hostname, port, username, password, pathname, searchParams } = parseDatabaseUrl(url);
  return {
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? 3306 : Number(port),
    user: decoded(username, "user"),
    password: decoded(password, "password"),
    database: decoded(pathname.slice(1), "database"),
    ssl: tlsConfig(searchParams),
    // The driver sets the session's time zone to it: what the server computes is UTC too.
    timezone: "Z",
    // That of the columns: left to itself, the driver takes another one for each server.
    collation: "UTF8MB4_UNICODE_CI",
    allowPublicKeyRetrieval: flag(searchParams, "allowPublicKeyRetrieval") ?? false,
    // Errors go into logs: they show the statement and not the values, which may be secret.
    logParam: false,
    initSql: [...SESSION_SQL],
  };
}

/** A part of the URL, with its escapes (%40 is @) read. */
function decoded(text: string, part: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InvalidDatabaseUrlError(
      `The database URL's ${part} has a % that begins no escape: write each % of it as %25.`,
    );
  }
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
  const ssl = flag(parameters, "ssl");
  const accept = parameters.get("sslaccept");
  const authority = parameters.get("sslca");
  if (accept !== null && accept !== "strict" && accept !== "accept_invalid_certs") {
    throw new InvalidDatabaseUrlError(`sslaccept must be strict or accept_invalid_certs, not "${accept}".`);
  }
  if (authority !== null) {
    if (ssl === false || accept === "accept_invalid_certs") {
      throw new InvalidDatabaseUrlError(
        "sslca checks the server's certificate: leave ssl and sslaccept away.",
      );
    }
    return { rejectUnauthorized: true, ca: readAuthority(authority) };
  }
  if (accept === "accept_invalid_certs") return { rejectUnauthorized: false };
  return accept === "strict" || ssl === true;
}

function readAuthority(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "unknown reason";
    throw new InvalidDatabaseUrlError(`The file of sslca, ${file}, cannot be read (${reason}).`);
  }
  if (!text.includes("-----BEGIN CERTIFICATE-----")) {
    throw new InvalidDatabaseUrlError(`The file of sslca, ${file}, holds no certificate in PEM form.`);
  }
  return text;
}

/** A parameter that is true or false; undefined where the URL does not name it. */
function flag(parameters: URLSearchParams, name: string): boolean | undefined {
  const text = parameters.get(name);
  if (text === null) return undefined;
  if (text !== "true" && text !== "false") {
    throw new InvalidDatabaseUrlError(`${name} must be true or false, not "${text}".`);
  }
  return text === "true";
}
