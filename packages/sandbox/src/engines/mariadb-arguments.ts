/** "durable" keeps what was committed through a crash of the machine; "throwaway" trades that for speed in tests. */
export type EngineProfile = "durable" | "throwaway";

export interface MariadbArgumentsInput {
  dataDirectory: string;
  /** The folder that holds bin/mariadbd; undefined for an installed server that knows its own place. */
  baseDirectory?: string;
  /** For this server alone: each clears its own of temporary tables when it starts, also of those in use by another. */
  temporaryDirectory: string;
  port: number;
  initFile: string;
  profile: EngineProfile;
  runsAsRoot: boolean;
}

const PROFILE_ARGUMENTS: Record<EngineProfile, readonly string[]> = {
  durable: [
    "--innodb-buffer-pool-size=1G",
    "--innodb-log-file-size=512M",
    "--innodb-flush-log-at-trx-commit=1",
  ],
  throwaway: [
    "--innodb-buffer-pool-size=256M",
    "--innodb-log-file-size=96M",
    "--innodb-flush-log-at-trx-commit=0",
    "--skip-innodb-doublewrite",
  ],
};

/** The command line of mariadbd: local only, UTC, utf8mb4. */
export function mariadbArguments(input: MariadbArgumentsInput): string[] {
  return [
    "--no-defaults",
    ...(input.baseDirectory === undefined ? [] : [`--basedir=${input.baseDirectory}`]),
    `--datadir=${input.dataDirectory}`,
    `--tmpdir=${input.temporaryDirectory}`,
    // Both are relative to the data directory: a socket path longer than 107 bytes is refused by the system.
    "--socket=mariadb.sock",
    "--pid-file=mariadb.pid",
    `--port=${input.port}`,
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_unicode_ci",
    "--default-time-zone=+00:00",
    "--max-connections=300",
    "--max-allowed-packet=64M",
    ...PROFILE_ARGUMENTS[input.profile],
    `--init-file=${input.initFile}`,
    // mariadbd refuses to run as root unless told so.
    ...(input.runsAsRoot ? ["--user=root"] : []),
  ];
}

export interface MariadbInstallArgumentsInput {
  dataDirectory: string;
  baseDirectory?: string;
  runsAsRoot: boolean;
}

/** The command line of mariadb-install-db, which creates an empty data directory. */
export function mariadbInstallArguments(input: MariadbInstallArgumentsInput): string[] {
  return [
    "--no-defaults",
    ...(input.baseDirectory === undefined ? [] : [`--basedir=${input.baseDirectory}`]),
    `--datadir=${input.dataDirectory}`,
    "--auth-root-authentication-method=normal",
    "--skip-test-db",
    "--skip-name-resolve",
    ...(input.runsAsRoot ? ["--user=root"] : []),
  ];
}
