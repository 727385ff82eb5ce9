import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describeExit, startManagedProcess } from "./managed-process.ts";
import { mariadbArguments, mariadbInstallArguments } from "./mariadb-arguments.ts";
import type { EngineProfile } from "./mariadb-arguments.ts";
import { mariadbInitSql } from "./mariadb-init-sql.ts";
import type { MariadbAccount } from "./mariadb-init-sql.ts";
import type { Engine, MariadbBinaries } from "./engine.ts";
import { canReachMariadb } from "./can-reach.ts";
import { waitUntil } from "./wait-until.ts";

const run = promisify(execFile);

export interface StartMariadbOptions {
  binaries: MariadbBinaries;
  port: number;
  /** Holds the data directory and the init file; created when missing. */
  folder: string;
  logFile: string;
  pidFile: string;
  profile: EngineProfile;
  account: MariadbAccount;
  rootPassword: string;
}

const START_TIMEOUT_MS = 60_000;
/** Long enough for InnoDB to write its pages out; a kill after it costs a recovery at the next start, no data. */
const STOP_DEADLINE_MS = 30_000;

/**
 * Starts a private MariaDB on 127.0.0.1, creating its data directory at the first start.
 *
 * @throws Error with the last log lines when the server ends or does not answer within a minute.
 */
export async function startMariadb(options: StartMariadbOptions): Promise<Engine> {
  const { binaries, folder, account, port } = options;
  const runsAsRoot = process.getuid?.() === 0;
  const dataDirectory = join(folder, "data");
  const initFile = join(folder, "init.sql");
  const temporaryDirectory = join(folder, "tmp");
  mkdirSync(temporaryDirectory, { recursive: true });
  if (!existsSync(dataDirectory)) await createDataDirectory(binaries, folder, dataDirectory, runsAsRoot);
  writeFileSync(initFile, mariadbInitSql(account, options.rootPassword), { mode: 0o600 });

  const child = await startManagedProcess({
    name: "MariaDB",
    command: binaries.mariadbd,
    args: mariadbArguments({
      dataDirectory,
      temporaryDirectory,
      ...baseDirectoryOf(binaries),
      port,
      initFile,
      profile: options.profile,
      runsAsRoot,
    }),
    env: { ...process.env, ...binaries.env },
    workingDirectory: folder,
    logFile: options.logFile,
    pidFile: options.pidFile,
  });
  const database = account.database === "*" ? "" : account.database;
  const url = `mysql://${account.user}:${account.password}@127.0.0.1:${port}/${database}`;
  const answered = await waitUntil(
    async () => child.hasExited() || (await canReachMariadb(url)),
    START_TIMEOUT_MS,
  );
  if (child.hasExited()) throw new Error(describeExit(child, await child.exited));
  if (!answered) {
    await child.stop(STOP_DEADLINE_MS);
    throw new Error(`MariaDB did not answer within ${START_TIMEOUT_MS / 1_000} s (log: ${child.logFile})`);
  }
  return { kind: "mariadb", name: "MariaDB", url, process: child, stop: () => child.stop(STOP_DEADLINE_MS) };
}

/** Builds the directory beside its final place and renames it: an interrupted creation leaves nothing half done. */
async function createDataDirectory(
  binaries: MariadbBinaries,
  folder: string,
  dataDirectory: string,
  runsAsRoot: boolean,
): Promise<void> {
  const unfinished = join(folder, "data.unfinished");
  rmSync(unfinished, { recursive: true, force: true });
  // The script is a shell script that breaks on spaces in paths: it sees everything through links without any.
  const links = mkdtempSync(join(tmpdir(), "tocsin-"));
  try {
    symlinkSync(folder, join(links, "folder"));
    if (binaries.baseDirectory !== undefined) symlinkSync(binaries.baseDirectory, join(links, "base"));
    const baseDirectory = binaries.baseDirectory === undefined ? {} : { baseDirectory: join(links, "base") };
    await run(
      binaries.installDb,
      mariadbInstallArguments({
        dataDirectory: join(links, "folder", "data.unfinished"),
        ...baseDirectory,
        runsAsRoot,
      }),
      { cwd: links, env: { ...process.env, ...binaries.env } },
    );
  } catch (error) {
    const output = error instanceof Error && "stdout" in error ? `\n${String(error.stdout)}` : "";
    throw new Error(`MariaDB's data directory cannot be created: ${String(error)}${output}`, {
      cause: error,
    });
  } finally {
    rmSync(links, { recursive: true, force: true });
  }
  renameSync(unfinished, dataDirectory);
}

function baseDirectoryOf(binaries: MariadbBinaries): { baseDirectory?: string } {
  return binaries.baseDirectory === undefined ? {} : { baseDirectory: binaries.baseDirectory };
}
