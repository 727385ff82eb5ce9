import { createConnection } from "mariadb";
import { checkServer, type ServerCheck } from "./check-server.ts";
import type { ConnectionRoom } from "./connection-budget.ts";
import { driverConfig } from "./driver-config.ts";
import type { Right } from "./missing-rights.ts";

/** How long the server may take for a new connection and for each answer: nobody waits for it. Milliseconds. */
const PATIENCE_MS = 5_000;

export interface ServerInspection extends ServerCheck {
  connections: ConnectionRoom;
}

/**
 * Asks the server behind a database URL whether Tocsin can work with it, by a connection of its own that is closed at
 * the end: what is wrong with connecting is thrown as it is, and not hidden behind a pool that waits.
 *
 * @throws InvalidDatabaseUrlError, the driver's SqlError, an error of the network; see explain-database-error.ts
 */
export async function inspectServer(url: string, rights: readonly Right[]): Promise<ServerInspection> {
  const config = driverConfig(url);
  const connection = await createConnection({
    ...config,
    ...{ bigIntAsNumber: true, connectTimeout: PATIENCE_MS, socketTimeout: PATIENCE_MS },
  });
  try {
    const [row] = await connection.query<{ limit: number; accountLimit: number }[]>(
      "SELECT @@max_connections AS `limit`, @@session.max_user_connections AS accountLimit",
    );
    const [status] = await connection.query<{ Value: string }[]>(
      "SHOW GLOBAL STATUS WHERE Variable_name = 'Threads_connected'",
    );
    return {
      ...(await checkServer(connection, { database: config.database, rights })),
      connections: {
        limit: Number(row?.limit),
        accountLimit: Number(row?.accountLimit),
        // Without the one that asks.
        open: Number(status?.Value) - 1,
      },
    };
  } finally {
    await connection.end().catch(() => connection.destroy());
  }
}
