export interface DatabaseAccount {
  user: string;
  password: string;
  /** The database the account owns; created when missing. "*" makes it an administrator of the whole server. */
  database: string;
}

const NAME = /^[A-Za-z0-9_]+$/;
const PASSWORD = /^[A-Za-z0-9_-]{16,}$/;

/**
 * The statements the server runs at each start, before it accepts anyone: one a line, as --init-file wants them.
 * The built-in root account gets a password too: without one every local user could use it.
 *
 * @throws RangeError on a name or password that would need quoting.
 */
export function databaseInitSql(account: DatabaseAccount, rootPassword: string): string {
  const { user, password, database } = account;
  if (!NAME.test(user) || !(database === "*" || NAME.test(database))) {
    throw new RangeError("Account and database names hold letters, digits and underscores only.");
  }
  if (!PASSWORD.test(password) || !PASSWORD.test(rootPassword)) {
    throw new RangeError("Passwords are at least 16 characters of the URL-safe base64 alphabet.");
  }
  const target = database === "*" ? "*.*" : `\`${database}\`.*`;
  const grantOption = database === "*" ? " WITH GRANT OPTION" : "";
  const createDatabase =
    database === "*"
      ? []
      : [`CREATE DATABASE IF NOT EXISTS \`${database}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;`];
  return [
    ...createDatabase,
    // Behind --skip-name-resolve a TCP client is 127.0.0.1, a client of the socket is localhost.
    ...["localhost", "127.0.0.1"].flatMap((host) => [
      `CREATE USER IF NOT EXISTS '${user}'@'${host}' IDENTIFIED BY '${password}';`,
      `ALTER USER '${user}'@'${host}' IDENTIFIED BY '${password}';`,
      `GRANT ALL PRIVILEGES ON ${target} TO '${user}'@'${host}'${grantOption};`,
    ]),
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${rootPassword}';`,
    "",
  ].join("\n");
}
