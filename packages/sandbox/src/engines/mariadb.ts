import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { DatabaseProgram } from "./database-server.ts";
import type { MariadbBinaries } from "./engine.ts";
import { mariadbArguments, mariadbInstallArguments } from "./mariadb-arguments.ts";

const run = promisify(execFile);

/** How a MariaDB server is started. */
export function mariadbProgram(binaries: MariadbBinaries): DatabaseProgram {
  const { mariadbd, baseDirectory } = binaries;
  const env = { ...process.env, ...binaries.env };
  const base = baseDirectory === undefined ? {} : { baseDirectory };
  return {
    kind: "mariadb",
    createDataDirectory: (dataDirectory, runsAsRoot) => install(binaries, dataDirectory, runsAsRoot),
    command: (input) => ({ command: mariadbd, args: mariadbArguments({ ...input, ...base }), env }),
  };
}

/** mariadb-install-db is a shell script that breaks on spaces in paths: it sees everything through links without any. */
async function install(
  { installDb, baseDirectory, env }: MariadbBinaries,
  dataDirectory: string,
  runsAsRoot: boolean,
): Promise<void> {
  const links = mkdtempSync(join(tmpdir(), "tocsin-"));
  try {
    symlinkSync(dirname(dataDirectory), join(links, "folder"));
    if (baseDirectory !== undefined) symlinkSync(baseDirectory, join(links, "base"));
    const args = mariadbInstallArguments({
      dataDirectory: join(links, "folder", basename(dataDirectory)),
      ...(baseDirectory === undefined ? {} : { baseDirectory: join(links, "base") }),
      temporaryDirectory: links,
      runsAsRoot,
    });
    await run(installDb, args, { cwd: links, env: { ...process.env, ...env } });
  } finally {
    rmSync(links, { recursive: true, force: true });
  }
}
