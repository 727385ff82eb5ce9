import type { ManagedProcess } from "./managed-process.ts";

/** The database servers that everything runs on, the first choice first. */
export const DATABASE_KINDS = ["mysql", "mariadb"] as const;

export type DatabaseKind = (typeof DATABASE_KINDS)[number];

export type EngineKind = DatabaseKind | "redis";

/** As people write them. */
export const ENGINE_NAMES: Readonly<Record<EngineKind, string>> = {
  mysql: "MySQL",
  mariadb: "MariaDB",
  redis: "Redis",
};

/** A running server. */
export interface Engine {
  readonly kind: EngineKind;
  /** Shown to people. */
  readonly name: string;
  /** How clients reach it, with user and password. */
  readonly url: string;
  /** The local process; undefined for a server that somebody else runs or that runs in a container. */
  readonly process?: ManagedProcess;
  /** Where root@localhost reaches a database server; undefined for Redis and for a container. */
  readonly socketPath?: string;
  /** Stops it within its own deadline; does nothing for a server that somebody else runs. */
  stop(): Promise<void>;
}

/** Where a MySQL server can be started from. */
export interface MysqlBinaries {
  /** The program and what comes before its own arguments: mysqld itself, or the C library's loader that runs it. */
  mysqld: readonly [program: string, ...before: string[]];
  /** The unpacked tree's usr folder; undefined for an installed server. */
  baseDirectory?: string;
}

/** Where a MariaDB server can be started from. */
export interface MariadbBinaries {
  mariadbd: string;
  /** mariadb-install-db: creates data directories. */
  installDb: string;
  /** The unpacked tree's usr folder; undefined for an installed server. */
  baseDirectory?: string;
  /** Variables both programs need, such as LD_LIBRARY_PATH. */
  env: Record<string, string>;
}

/** Where a Redis server can be started from. */
export interface RedisBinaries {
  redisServer: string;
  /** One program file is server and tools alike and looks at the name it was called by. */
  argv0?: string;
  env: Record<string, string>;
}
