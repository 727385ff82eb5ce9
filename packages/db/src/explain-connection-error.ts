import { failuresOf } from "./errors.ts";

/** How an error is known: by MySQL's or the driver's number, or by the code of the system or of TLS. */
type Key = number | string;

const BAD_CERTIFICATE =
  "its certificate cannot be trusted: name the authority that signed it (sslca=/path/ca.pem), " +
  "or take any certificate (sslaccept=accept_invalid_certs) where nobody can stand between";

// Numbers: https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html and, from 45000, the driver's
// lib/misc/errors.js; codes: https://nodejs.org/api/errors.html and https://nodejs.org/api/tls.html.
const ADVICE: ReadonlyMap<Key, string> = new Map<Key, string>([
  ["ECONNREFUSED", "nobody listens there: start the server, or check host and port"],
  ["ENOTFOUND", "its name is not known: check the host"],
  ["EAI_AGAIN", "its name cannot be looked up right now: check the host and the name server"],
  ["EHOSTUNREACH", "there is no way to it: check the host and the network"],
  ["ENETUNREACH", "there is no way to it: check the host and the network"],
  ["ETIMEDOUT", "it does not answer: check host, port and firewall"],
  [45012, "it does not answer in time: check host, port and firewall"],
  [1045, "it refuses this user or password"],
  [1044, "this user has no right to this database: GRANT it"],
  [1049, "it has no such database: CREATE DATABASE it first"],
  [1040, "all its connections are taken: raise max_connections, or lower DATABASE_POOL_SIZE"],
  [1203, "all connections of this user are taken: raise max_user_connections, or lower DATABASE_POOL_SIZE"],
  [1226, "all connections of this user are taken: raise MAX_USER_CONNECTIONS, or lower DATABASE_POOL_SIZE"],
  [1129, "it has blocked this host after many failed connections: FLUSH HOSTS there"],
  [1130, "it lets nobody in from this host: CREATE USER for this host"],
  [1820, "this user's password has expired: ALTER USER sets a new one"],
  [1862, "this user's password has expired: ALTER USER sets a new one"],
  [3118, "this user is locked: ALTER USER … ACCOUNT UNLOCK"],
  [3159, "it takes connections with TLS only: add ssl=true or sslca=/path/ca.pem"],
  [45023, "it has no TLS: set it up there, or leave ssl, sslaccept and sslca away"],
  [
    45044,
    "it wants the password under its public key (caching_sha2_password): use TLS (ssl=true or sslca=/path/ca.pem), " +
      "or add allowPublicKeyRetrieval=true where nobody can stand between",
  ],
  ...[45056, 45057, 45059, 45062, 45063].map((number) => [number, BAD_CERTIFICATE] as const),
  ["DEPTH_ZERO_SELF_SIGNED_CERT", BAD_CERTIFICATE],
  ["SELF_SIGNED_CERT_IN_CHAIN", BAD_CERTIFICATE],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", BAD_CERTIFICATE],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", BAD_CERTIFICATE],
  ["CERT_HAS_EXPIRED", "its certificate has expired: renew it there"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "its certificate is for another name than the URL's host"],
]);

/**
 * Why a connection to the database could not be opened and what to do about it, in words for an operator, such as
 * "it refuses this user or password". Holds no secret.
 *
 * @returns undefined where the reason is not known.
 */
export function explainConnectionError(error: unknown): string | undefined {
  // The pool wraps what the driver met, which wraps what the system said: the innermost known reason is the one.
  return failuresOf(error)
    .flatMap(({ errno, code }) => [errno, code])
    .map((key) => (key === undefined ? undefined : ADVICE.get(key)))
    .findLast((advice) => advice !== undefined);
}
