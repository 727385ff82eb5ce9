import type { ManagedProcess } from "./managed-process.ts";

export type EngineKind = "mariadb" | "redis";

/** A running database server. */
export interface Engine {
  readonly kind: EngineKind;
  /** Shown to people. */
  readonly name: string;
  /** How clients reach it, with user and password. */
  readonly url: string;
  /** The local process; undefined for a server that somebody else runs or that runs in a container. */
  readonly process?: ManagedProcess;
  /** Stops it within its own deadline; does nothing for a server that somebody else runs. */
  stop(): Promise<void>;
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
