import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Connection, createConnection } from "mariadb";
import { type DatabaseProgram, startDatabaseServer } from "../engines/database-server.ts";
import type { DatabaseKind, Engine } from "../engines/engine.ts";
import { freePort } from "../engines/free-port.ts";
import { locateEngines } from "../engines/locate-engines.ts";
import { mariadbProgram } from "../engines/mariadb.ts";
import { mysqlProgram } from "../engines/mysql.ts";
import { ENGINE_TREES } from "../stack/layout.ts";
import { type MovingProxy, startMovingProxy } from "./moving-proxy.ts";
import { runFolderOf } from "./run-folder.ts";

/** A database server and one that follows it by GTID, behind one address that leads to the first. */
export interface DatabasePair {
  /** The address that moves. */
  url: string;
  /** The second server itself. */
  secondUrl: string;
  /**
   * As an operator does it: the first takes no writes any more, the second gets all that was committed and takes them
   * from now on, the first follows it. No connection is closed, and the address stays.
   */
  switchRoles: () => Promise<void>;
  /** The address leads to the second; connections that are open stay where they are. */
  moveAddress: () => void;
  stop: () => Promise<void>;
}

const DATABASE = "tocsin_test";

/** How long the second may take to get what the first has. Seconds. */
const CATCH_UP_SECONDS = 30;

/** The account that one server reads the other's log with. */
const FOLLOWER = "tocsin_follower";

/** What differs between the two makes of server. */
interface Replication {
  arguments: readonly string[];
  /** Begins an empty log: both servers were made alike, and what follows is the same on both. */
  forgetLog: readonly string[];
  /** Follows the server on a port. */
  follow: (port: number, password: string) => readonly string[];
  stopFollowing: string;
  refuseWrites: string;
  takeWrites: readonly string[];
  /** Where its log ends: a SELECT of one text. */
  position: string;
  /** Waits for a position: a SELECT that gives 0 once it is reached. */
  reach: string;
}

const REPLICATION: Record<DatabaseKind, Replication> = {
  mysql: {
    arguments: ["--gtid-mode=ON", "--enforce-gtid-consistency=ON"],
    forgetLog: ["RESET BINARY LOGS AND GTIDS"],
    follow: (port, password) => [
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = ${port},
         SOURCE_USER = '${FOLLOWER}', SOURCE_PASSWORD = '${password}',
         SOURCE_AUTO_POSITION = 1, GET_SOURCE_PUBLIC_KEY = 1`,
      "START REPLICA",
    ],
    stopFollowing: "STOP REPLICA",
    refuseWrites: "SET GLOBAL super_read_only = ON",
    takeWrites: ["SET GLOBAL super_read_only = OFF", "SET GLOBAL read_only = OFF"],
    position: "SELECT @@GLOBAL.gtid_executed AS value",
    reach: `SELECT WAIT_FOR_EXECUTED_GTID_SET(?, ${CATCH_UP_SECONDS}) AS value`,
  },
  mariadb: {
    arguments: ["--log-bin=binlog", "--log-slave-updates", "--gtid-strict-mode=ON", "--binlog-format=ROW"],
    forgetLog: ["RESET MASTER"],
    follow: (port, password) => [
      "SET GLOBAL gtid_slave_pos = @@GLOBAL.gtid_binlog_pos",
      `CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = ${port},
         MASTER_USER = '${FOLLOWER}', MASTER_PASSWORD = '${password}', MASTER_USE_GTID = slave_pos`,
      "START SLAVE",
    ],
    stopFollowing: "STOP SLAVE",
    refuseWrites: "SET GLOBAL read_only = ON",
    takeWrites: ["SET GLOBAL read_only = OFF"],
    position: "SELECT @@GLOBAL.gtid_binlog_pos AS value",
    reach: `SELECT MASTER_GTID_WAIT(?, ${CATCH_UP_SECONDS}) AS value`,
  },
};

/** The programs to start servers of this kind from; undefined where there are only containers, out of each other's reach. */
export async function locateDatabase(kind: DatabaseKind): Promise<DatabaseProgram | undefined> {
  const { mysql, mariadb } = await locateEngines([kind], {
    trees: ENGINE_TREES,
    signal: new AbortController().signal,
    onDownload: () => {},
  });
  if (mysql !== undefined && mysql !== "docker") return mysqlProgram(mysql);
  return mariadb !== undefined && mariadb !== "docker" ? mariadbProgram(mariadb) : undefined;
}

/** Starts both, with an empty database, and lets the second follow the first. */
export async function startDatabasePair(program: DatabaseProgram): Promise<DatabasePair> {
  const folder = mkdtempSync(join(tmpdir(), "tocsin-database-pair-"));
  const password = randomBytes(24).toString("base64url");
  const runFolder = runFolderOf(folder);
  const ways = REPLICATION[program.kind];
  const engines = await Promise.all(
    ["first", "second"].map((name, index) =>
      startOne(program, {
        ...{ folder, runFolder, name, password },
        serverOptions: [`--server-id=${index + 1}`, ...ways.arguments],
      }),
    ),
  );
  const [first, second] = await Promise.all(engines.map((engine) => prepare(engine, ways, password)));
  const [firstPort, secondPort] = engines.map(({ url }) => Number(new URL(url).port));
  if (!first || !second || !engines[1] || firstPort === undefined || secondPort === undefined) {
    throw new Error("Two servers were started, and not two are there");
  }
  const proxy: MovingProxy = await startMovingProxy(firstPort);
  await second.query(ways.refuseWrites);
  await send(second, ways.follow(firstPort, password));
  const url = new URL(engines[1].url);
  url.port = String(proxy.port);
  return {
    url: url.toString(),
    secondUrl: engines[1].url,
    async switchRoles() {
      await first.query(ways.refuseWrites);
      const end = await valueOf(first, ways.position);
      const reached = await valueOf(second, ways.reach, [end]);
      if (Number(reached) !== 0) throw new Error(`The second server did not reach ${String(end)}`);
      await send(second, [ways.stopFollowing, ...ways.takeWrites]);
      await send(first, ways.follow(secondPort, password));
    },
    moveAddress: () => proxy.moveTo(secondPort),
    async stop() {
      await proxy.close();
      await Promise.all([first.end(), second.end()]);
      await Promise.all(engines.map((engine) => engine.stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface OneServer {
  folder: string;
  runFolder: string;
  name: string;
  password: string;
  serverOptions: readonly string[];
}

async function startOne(program: DatabaseProgram, server: OneServer): Promise<Engine> {
  const { folder, runFolder, name, password, serverOptions } = server;
  return startDatabaseServer(program, {
    port: await freePort(),
    folder: join(folder, name),
    logFile: join(folder, `${name}.log`),
    pidFile: join(runFolder, `${name}.pid`),
    profile: "throwaway",
    serverOptions,
    account: { user: "tocsin_test", password, database: DATABASE },
    rootPassword: password,
  });
}

/** Opens its administrator's connection and makes the account that the other one follows it with. */
async function prepare({ socketPath }: Engine, ways: Replication, password: string): Promise<Connection> {
  if (socketPath === undefined) throw new Error("This server has no socket for its administrator");
  const connection = await createConnection({ socketPath, user: "root", password });
  await send(connection, [
    `CREATE USER '${FOLLOWER}'@'127.0.0.1' IDENTIFIED BY '${password}'`,
    `GRANT REPLICATION SLAVE ON *.* TO '${FOLLOWER}'@'127.0.0.1'`,
    ...ways.forgetLog,
  ]);
  return connection;
}

async function send(connection: Connection, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await connection.query(statement);
}

async function valueOf(connection: Connection, sql: string, values: unknown[] = []): Promise<unknown> {
  const [row] = await connection.query<{ value: unknown }[]>(sql, values);
  return row?.value;
}
