import type { EngineProfile } from "./engine-profile.ts";

/** Beside the data. Relative to the data directory: a socket path longer than 107 bytes is refused by the system. */
export const SOCKET_FILE = "server.sock";

export interface ServerArgumentsInput {
  dataDirectory: string;
  /** The folder that holds sbin/ with the server; undefined for an installed one that knows its own place. */
  baseDirectory?: string;
  /** For this server alone: each clears its own of temporary tables when it starts, also of those in use by another. */
  temporaryDirectory: string;
  port: number;
  initFile: string;
  profile: EngineProfile;
  runsAsRoot: boolean;
}

/** The server's own zone. Tests meet one that nobody works in: a connection that does not ask for UTC fails there. */
const TIME_ZONES: Record<EngineProfile, string> = { durable: "+00:00", throwaway: "-03:30" };

/** What mysqld and mariadbd are both told: local only, utf8mb4, no configuration file of the machine. */
export function serverArguments(input: ServerArgumentsInput): string[] {
  return [
    ...installationArguments(input),
    `--tmpdir=${input.temporaryDirectory}`,
    `--socket=${SOCKET_FILE}`,
    "--pid-file=server.pid",
    `--port=${input.port}`,
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_unicode_ci",
    `--default-time-zone=${TIME_ZONES[input.profile]}`,
    "--max-connections=300",
    "--max-allowed-packet=64M",
    `--init-file=${input.initFile}`,
  ];
}

export type InstallationArgumentsInput = Pick<
  ServerArgumentsInput,
  "dataDirectory" | "baseDirectory" | "runsAsRoot"
>;

/** Where the server and its data are, and who runs it; --no-defaults must come first. */
export function installationArguments(input: InstallationArgumentsInput): string[] {
  return [
    "--no-defaults",
    ...(input.baseDirectory === undefined ? [] : [`--basedir=${input.baseDirectory}`]),
    `--datadir=${input.dataDirectory}`,
    // Both servers refuse to run as root unless told so.
    ...(input.runsAsRoot ? ["--user=root"] : []),
  ];
}
