/** What MySQL, the driver, the network or Prisma said. */
export interface Failure {
  /** Of MySQL (1000 and up) or of the driver (45000 and up). */
  errno: number | undefined;
  /** Of Prisma (P2002) or of the system (ECONNREFUSED). */
  code: string | undefined;
}

// Numbers: https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html,
// https://mariadb.com/kb/en/mariadb-error-codes/ and, from 45000, the driver's lib/misc/errors.js.

const UNIQUE_VIOLATIONS = new Set([1062, 1586]);
const FOREIGN_KEY_VIOLATIONS = new Set([1216, 1217, 1451, 1452]);

/** Changed since it was read; lock wait timeout; deadlock; rolled back by its cluster; lock not available. */
const TRANSIENT = new Set([1020, 1205, 1213, 3101, 3572]);

const INFRASTRUCTURE = new Set([
  // Out of disk, memory or file handles; the binary log cannot be written.
  1021, 1026, 1030, 1037, 1038, 1041, 1114, 1135, 1534, 1598,
  // Nobody may connect, or not with this account, or not without TLS.
  1040, 1042, 1043, 1044, 1045, 1049, 1129, 1130, 1203, 1226, 1820, 1862, 3118, 3159,
  // Connections that broke.
  1047, 1053, 1077, 1080, 1152, 1158, 1159, 1160, 1161, 1184, 1927, 2002, 2003, 2006, 2013, 2055, 3169, 4031,
  // Read-only, replication, ended by an administrator or for taking too long.
  1290, 1317, 1792, 1836, 1969, 3024, 3032, 3100, 3168,
  // A table or column is missing: the database is about to be migrated, or this is the older version.
  1054, 1146,
  // The driver: connection closed or broken, time over, pool closed.
  45001, 45004, 45009, 45011, 45012, 45013, 45019, 45026, 45027, 45028, 45029, 45030, 45035, 45037, 45039,
  45042, 45060, 45061,
  // The driver: no TLS there, no way to log in, a certificate that is not trusted.
  45023, 45024, 45025, 45044, 45047, 45056, 45057, 45059, 45062, 45063, 45064,
]);

/** The server or the driver lost the connection while a statement was under way. */
const CONNECTION_LOST = new Set([1053, 1927, 2006, 2013, 45004, 45009, 45013, 45019, 45026]);
const CONNECTION_LOST_CODES = new Set(["ECONNRESET", "EPIPE"]);

/**
 * The server takes no writes on this connection: read-only, a replica by now, no part of its cluster any more, or the
 * account lacks a right (one that is granted holds on new connections).
 */
const CONNECTION_USELESS = new Set([1047, 1142, 1143, 1290, 1792, 1836, 3100]);

const DATA_ERRORS = new Set([
  // Null, out of range, truncated, not of the type, not of the character set, too long.
  1048, 1264, 1265, 1292, 1300, 1366, 1406, 1690, 3854, 3988,
  // Larger than a packet, or than a row.
  1118, 1153, 1301, 45046,
  // No such row to refer to; a check failed.
  1216, 1217, 1451, 1452, 3819, 4025,
  // No JSON, or too deep, or a name in it too long.
  3140, 3141, 3151, 3143, 3144, 3157,
]);

const NETWORK_CODES = new Set([
  "CERT_HAS_EXPIRED",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "EAI_AGAIN",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "ETIMEDOUT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

// https://www.prisma.io/docs/orm/reference/error-reference
const PRISMA_UNIQUE_VIOLATION = "P2002";
const PRISMA_FOREIGN_KEY_VIOLATION = "P2003";
const PRISMA_TRANSIENT = new Set(["P2034"]);
const PRISMA_INFRASTRUCTURE = new Set([
  ...["P1000", "P1001", "P1002", "P1003", "P1008", "P1010", "P1011", "P1017"],
  ...["P2021", "P2022", "P2024", "P2028", "P2037"],
]);
/** The operation timed out; the server closed the connection. */
const PRISMA_IN_DOUBT = new Set(["P1008", "P1017"]);
const PRISMA_DATA_ERRORS = new Set(["P2000", "P2003", "P2005", "P2006", "P2007", "P2011", "P2020", "P2033"]);

/** How far to look into what an error was caused by. */
const MAXIMUM_DEPTH = 5;

/** A row with the same unique key is there already. */
export function isUniqueViolation(error: unknown): boolean {
  return failuresOf(error).some(
    ({ errno, code }) => has(UNIQUE_VIOLATIONS, errno) || code === PRISMA_UNIQUE_VIOLATION,
  );
}

/** A row is still referred to, or refers to one that is not there. */
export function isForeignKeyViolation(error: unknown): boolean {
  return failuresOf(error).some(
    ({ errno, code }) => has(FOREIGN_KEY_VIOLATIONS, errno) || code === PRISMA_FOREIGN_KEY_VIOLATION,
  );
}

/** The transaction met another one (deadlock, lock wait, changed row) and may run again as a whole. */
export function isTransient(error: unknown): boolean {
  return failuresOf(error).some(({ errno, code }) => has(TRANSIENT, errno) || has(PRISMA_TRANSIENT, code));
}

/** The database cannot be reached or cannot work right now: nothing is wrong with what it was asked. */
export function isInfrastructureError(error: unknown): boolean {
  return (
    isTransient(error) ||
    failuresOf(error).some(
      ({ errno, code }) =>
        has(INFRASTRUCTURE, errno) || has(NETWORK_CODES, code) || has(PRISMA_INFRASTRUCTURE, code),
    )
  );
}

/** The connection broke under a statement of the driver: nobody knows whether it was done. */
export function isConnectionLost(error: unknown): boolean {
  const [failure] = failuresOf(error);
  return has(CONNECTION_LOST, failure?.errno) || has(CONNECTION_LOST_CODES, failure?.code);
}

/**
 * Nobody knows whether the transaction was done: its connection, or its time, ended under a statement that may have been
 * the commit.
 */
export function isInDoubt(error: unknown): boolean {
  return failuresOf(error).some(
    ({ errno, code }) =>
      has(CONNECTION_LOST, errno) || has(CONNECTION_LOST_CODES, code) || has(PRISMA_IN_DOUBT, code),
  );
}

/**
 * The connection answers, but leads to a server that takes no writes. Another server may have taken over behind the same
 * address: only a new connection finds it.
 */
export function isConnectionUseless(error: unknown): boolean {
  return failuresOf(error).some(({ errno }) => has(CONNECTION_USELESS, errno));
}

/** The data does not fit: trying again cannot help. */
export function isDataError(error: unknown): boolean {
  return failuresOf(error).some(
    ({ errno, code }) => has(DATA_ERRORS, errno) || has(PRISMA_DATA_ERRORS, code),
  );
}

function has<Item>(set: ReadonlySet<Item>, item: Item | undefined): boolean {
  return item !== undefined && set.has(item);
}

/** The error itself and what it was caused by: Prisma wraps what the adapter wrapped of what the driver threw. */
export function failuresOf(error: unknown, depth = 0): Failure[] {
  if (typeof error !== "object" || error === null || depth > MAXIMUM_DEPTH) return [];
  const { cause, code, errno, meta, originalCode } = error as Record<string, unknown>;
  const number = Number(errno ?? originalCode);
  const failure: Failure = {
    errno: Number.isInteger(number) ? number : undefined,
    code: typeof code === "string" ? code : undefined,
  };
  const adapterError = (meta as Record<string, unknown> | undefined)?.["driverAdapterError"];
  return [failure, ...failuresOf(cause, depth + 1), ...failuresOf(adapterError, depth + 1)];
}
