import { failuresOf } from "./errors.ts";

// Numbers: see errors.ts.
const REASONS: readonly { errnos?: readonly number[]; codes?: readonly string[]; reason: string }[] = [
  {
    errnos: [1045, 1698],
    reason: "The database refuses this user or password: correct them in DATABASE_URL.",
  },
  {
    errnos: [45024],
    reason:
      "The database keeps this password in a way that needs TLS: add ?ssl=true to DATABASE_URL, or " +
      "?allowPublicKeyRetrieval=true where nobody listens in between.",
  },
  {
    errnos: [45023],
    reason: "The database offers no TLS: enable it there, or take ssl and sslaccept out of DATABASE_URL.",
  },
  {
    codes: [
      ...["DEPTH_ZERO_SELF_SIGNED_CERT", "SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_VERIFY_LEAF_SIGNATURE"],
      ...["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "CERT_HAS_EXPIRED", "ERR_TLS_CERT_ALTNAME_INVALID"],
    ],
    reason: "The database's certificate cannot be trusted: name its authority with sslca in DATABASE_URL.",
  },
  {
    errnos: [1044],
    reason: "The account may not use this database: GRANT it the rights, or name another in DATABASE_URL.",
  },
  {
    errnos: [1049],
    reason: "There is no database of this name: create it, or name another in DATABASE_URL.",
  },
  {
    errnos: [1040],
    reason: "The database has no connection left: raise its max_connections, or lower DATABASE_POOL_SIZE.",
  },
  {
    errnos: [1203, 1226],
    reason:
      "The account may have no more connections: raise its MAX_USER_CONNECTIONS, or lower DATABASE_POOL_SIZE.",
  },
  {
    errnos: [1129],
    reason:
      "The database has blocked this machine after failed connections: TRUNCATE performance_schema.host_cache " +
      "(MariaDB: FLUSH HOSTS).",
  },
  {
    errnos: [1130],
    reason: "The database does not let this machine in: allow the account from its address.",
  },
  {
    errnos: [1142, 1143, 1227],
    reason: "The database account lacks rights: GRANT it SELECT, INSERT, UPDATE and DELETE on the database.",
  },
  {
    errnos: [1290, 1792, 1836],
    reason: "The database is read-only: let DATABASE_URL lead to the primary, or end it there.",
  },
  {
    errnos: [1021, 1114],
    reason: "The database has no room left: give it more disk, or raise the limit of its table space.",
  },
  {
    errnos: [1054, 1146],
    reason: "The database is not migrated to this version: run npm run db:migrate.",
  },
  {
    codes: ["ENOTFOUND", "EAI_AGAIN"],
    reason: "The database's host has no address: correct it in DATABASE_URL.",
  },
  {
    codes: ["ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "ETIMEDOUT", "ECONNRESET"],
    reason: "The database cannot be reached: start it, or correct host and port in DATABASE_URL.",
  },
];

/**
 * What keeps the database from working, in one line for whoever runs it, without any secret.
 *
 * @returns undefined where nobody foresaw the reason: then the error itself is wanted
 */
export function explainDatabaseError(error: unknown): string | undefined {
  const failures = failuresOf(error);
  return REASONS.find(({ errnos = [], codes = [] }) =>
    failures.some(
      ({ errno, code }) =>
        (errno !== undefined && errnos.includes(errno)) || (code !== undefined && codes.includes(code)),
    ),
  )?.reason;
}
