import { type Connection, createConnection } from "mariadb";

const CONNECT_TIMEOUT_MS = 2_000;

/**
 * Opens a connection to a MySQL or MariaDB server by a URL with user and password, and to none of
 * its databases. Close it with `end()`.
 *
 * @throws the driver's SqlError when the server does not answer, or refuses this user and password.
 */
export async function openConnection(url: string): Promise<Connection> {
  const target = new URL(url);
  return createConnection({
    host: target.hostname,
    port: Number(target.port || 3306),
    user: decodeURIComponent(target.username),
    password: decodeURIComponent(target.password),
    connectTimeout: CONNECT_TIMEOUT_MS,
    // MySQL hands its key to new clients only when asked; these connections never leave this machine.
    allowPublicKeyRetrieval: true,
  });
}
