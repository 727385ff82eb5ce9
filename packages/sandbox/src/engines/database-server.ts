import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { canReachDatabase } from "./can-reach.ts";
import { ENGINE_NAMES } from "./engine.ts";
import type { DatabaseKind, Engine } from "./engine.ts";
import type { EngineProfile } from "./engine-profile.ts";
import { databaseInitSql } from "./init-sql.ts";
import type { DatabaseAccount } from "./init-sql.ts";
import { describeExit, startManagedProcess } from "./managed-process.ts";
import { SOCKET_FILE } from "./server-arguments.ts";
import type { ServerArgumentsInput } from "./server-arguments.ts";
import { waitUntil } from "./wait-until.ts";

/** What differs between MySQL and MariaDB. */
export interface DatabaseProgram {
  kind: DatabaseKind;
  /**
   * Creates an empty data directory.
   *
   * @throws Error with what the server's own program said.
   */
  createDataDirectory(dataDirectory: string, runsAsRoot: boolean): Promise<void>;
  command(input: Omit<ServerArgumentsInput, "baseDirectory">): {
    command: string;
    args: string[];
    env: NodeJS.ProcessEnv;
  };
}

export interface StartDatabaseOptions {
  port: number;
  /** Holds the data directory and the init file; created when missing. */
  folder: string;
  logFile: string;
  pidFile: string;
  profile: EngineProfile;
  /** More of the server's own options; the last of two that contradict each other holds. */
  serverOptions: readonly string[];
  account: DatabaseAccount;
  rootPassword: string;
}

const START_TIMEOUT_MS = 60_000;
/** Long enough for InnoDB to write its pages out; a kill after it costs a recovery at the next start, no data. */
const STOP_DEADLINE_MS = 30_000;

/**
 * Starts a private database server on 127.0.0.1, creating its data directory at the first start.
 *
 * @throws Error with the last log lines when the server ends or does not answer within a minute.
 */
export async function startDatabaseServer(
  program: DatabaseProgram,
  { port, folder, account, ...options }: StartDatabaseOptions,
): Promise<Engine> {
  const { kind } = program;
  const name = ENGINE_NAMES[kind];
  const runsAsRoot = process.getuid?.() === 0;
  const dataDirectory = join(folder, "data");
  const initFile = join(folder, "init.sql");
  const temporaryDirectory = join(folder, "tmp");
  mkdirSync(temporaryDirectory, { recursive: true });
  if (!existsSync(dataDirectory)) await createDataDirectory(program, folder, dataDirectory, runsAsRoot);
  // A killed MySQL leaves its process id here, and the next one refuses to start while another process has that id.
  rmSync(join(dataDirectory, `${SOCKET_FILE}.lock`), { force: true });
  writeFileSync(initFile, databaseInitSql(account, options.rootPassword), { mode: 0o600 });

  const { profile, serverOptions } = options;
  const command = program.command({ dataDirectory, temporaryDirectory, port, initFile, profile, runsAsRoot });
  const child = await startManagedProcess({
    name,
    ...command,
    args: [...command.args, ...serverOptions],
    workingDirectory: folder,
    logFile: options.logFile,
    pidFile: options.pidFile,
  });
  const url = localDatabaseUrl(kind, port, account);
  const answered = await waitUntil(
    async () => child.hasExited() || (await canReachDatabase(url)),
    START_TIMEOUT_MS,
  );
  if (child.hasExited()) throw new Error(describeExit(child, await child.exited));
  if (!answered) {
    await child.stop(STOP_DEADLINE_MS);
    throw new Error(`${name} did not answer within ${START_TIMEOUT_MS / 1_000} s (log: ${child.logFile})`);
  }
  return {
    ...{ kind, name, url, process: child, socketPath: join(dataDirectory, SOCKET_FILE) },
    stop: () => child.stop(STOP_DEADLINE_MS),
  };
}

/** How clients reach a server on this machine; one of MySQL hands them the key that the password is sent under. */
export function localDatabaseUrl(kind: DatabaseKind, port: number, account: DatabaseAccount): string {
  const database = account.database === "*" ? "" : account.database;
  const parameters = kind === "mysql" ? "?allowPublicKeyRetrieval=true" : "";
  return `mysql://${account.user}:${account.password}@127.0.0.1:${port}/${database}${parameters}`;
}

/** Builds the directory beside its final place and renames it: an interrupted creation leaves nothing half done. */
async function createDataDirectory(
  program: DatabaseProgram,
  folder: string,
  dataDirectory: string,
  runsAsRoot: boolean,
): Promise<void> {
  const unfinished = join(folder, "data.unfinished");
  rmSync(unfinished, { recursive: true, force: true });
  try {
    await program.createDataDirectory(unfinished, runsAsRoot);
  } catch (error) {
    throw new Error(`${ENGINE_NAMES[program.kind]}'s data directory cannot be created: ${said(error)}`, {
      cause: error,
    });
  }
  renameSync(unfinished, dataDirectory);
}

/** What a program that was run said besides its exit code. */
function said(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { stdout, stderr } = error as Error & { stdout?: string; stderr?: string };
  return [error.message, stdout, stderr].filter((text) => text !== undefined && text !== "").join("\n");
}
