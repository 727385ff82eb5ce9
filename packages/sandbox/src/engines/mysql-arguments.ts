import type { EngineProfile } from "./engine-profile.ts";
import { installationArguments, serverArguments } from "./server-arguments.ts";
import type { InstallationArgumentsInput, ServerArgumentsInput } from "./server-arguments.ts";

const PROFILE_ARGUMENTS: Record<EngineProfile, readonly string[]> = {
  // As MySQL ships it: each commit is synced to the binary log and to InnoDB's.
  durable: [
    "--innodb-buffer-pool-size=1G",
    "--innodb-redo-log-capacity=1G",
    "--innodb-flush-log-at-trx-commit=1",
    "--sync-binlog=1",
  ],
  throwaway: [
    "--innodb-buffer-pool-size=256M",
    "--innodb-redo-log-capacity=192M",
    "--innodb-flush-log-at-trx-commit=0",
    "--sync-binlog=0",
    "--innodb-doublewrite=OFF",
  ],
};

/** The command line of mysqld. The binary log stays on in both profiles: what it refuses must be seen in tests. */
export function mysqlArguments(input: ServerArgumentsInput): string[] {
  return [
    ...serverArguments(input),
    ...ownArguments(input),
    "--log-bin=binlog",
    "--mysqlx=OFF",
    ...PROFILE_ARGUMENTS[input.profile],
  ];
}

/** The command line of mysqld for creating an empty data directory; root@localhost has no password in it yet. */
export function mysqlInitializeArguments(input: InstallationArgumentsInput): string[] {
  return [...installationArguments(input), ...ownArguments(input), "--initialize-insecure"];
}

function ownArguments({ baseDirectory }: InstallationArgumentsInput): string[] {
  return [
    // Packages name a folder here that exists on an installed server alone; without it the server does not start.
    "--secure-file-priv=NULL",
    ...(baseDirectory === undefined ? [] : [`--lc-messages-dir=${baseDirectory}/share/mysql`]),
  ];
}
