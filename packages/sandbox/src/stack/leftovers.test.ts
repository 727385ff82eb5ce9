import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startManagedProcess } from "../engines/managed-process.ts";
import { stopLeftovers } from "./leftovers.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-leftovers-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function startSleep(name: string, pidFile: string) {
  return startManagedProcess({
    ...{ name, command: "sleep", args: ["60"], env: process.env, workingDirectory: folder },
    ...{ logFile: join(folder, `${name}.log`), pidFile: join(folder, "run", pidFile) },
  });
}

test("engines of the run and those that a test started for itself are ended, whatever database server they are", async () => {
  const processes = [
    await startSleep("MySQL", "mysql.pid"),
    await startSleep("MariaDB", "mariadb.pid"),
    await startSleep("MySQL of a test", "own-1/mysql.pid"),
  ];
  const stopped = await stopLeftovers(join(folder, "run"));
  expect(stopped.toSorted()).toEqual(["MariaDB", "MySQL", "MySQL of a test"]);
  await Promise.all(processes.map(({ exited }) => exited));
  expect(await stopLeftovers(join(folder, "run"))).toEqual([]);
});
