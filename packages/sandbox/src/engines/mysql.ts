import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { DatabaseProgram } from "./database-server.ts";
import type { MysqlBinaries } from "./engine.ts";
import { mysqlArguments, mysqlInitializeArguments } from "./mysql-arguments.ts";

const run = promisify(execFile);

/** How a MySQL server is started. */
export function mysqlProgram({ mysqld, baseDirectory }: MysqlBinaries): DatabaseProgram {
  const [command, ...before] = mysqld;
  const base = baseDirectory === undefined ? {} : { baseDirectory };
  return {
    kind: "mysql",
    async createDataDirectory(dataDirectory, runsAsRoot) {
      const args = mysqlInitializeArguments({ dataDirectory, runsAsRoot, ...base });
      await run(command, [...before, ...args]);
    },
    command: (input) => ({
      command,
      args: [...before, ...mysqlArguments({ ...input, ...base })],
      env: process.env,
    }),
  };
}
