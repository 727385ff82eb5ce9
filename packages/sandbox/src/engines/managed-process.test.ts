import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { describeExit, startManagedProcess } from "./managed-process.ts";
import type { ManagedProcess } from "./managed-process.ts";
import { readLivePidFile } from "./pid-file.ts";
import { isGroupAlive } from "./process-group.ts";

let folder: string;
let child: ManagedProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-process-"));
});

afterEach(async () => {
  await child?.stop(0);
  child = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function run(script: string): Promise<ManagedProcess> {
  child = await startManagedProcess({
    name: "helper",
    command: process.execPath,
    args: ["-e", script],
    env: process.env,
    workingDirectory: folder,
    logFile: join(folder, "helper.log"),
    pidFile: join(folder, "helper.pid"),
  });
  return child;
}

const printed = (text: string) => () =>
  expect(readFileSync(join(folder, "helper.log"), "utf8")).toContain(text);

test("a running process is in its pid file, a stopped one is not", async () => {
  const helper = await run("setInterval(() => {}, 1000); console.log('up')");
  expect(readLivePidFile(join(folder, "helper.pid"))).toEqual({ name: "helper", pid: helper.pid });
  await eventually(printed("up"));
  await helper.stop(5_000);
  await helper.exited;
  expect(readLivePidFile(join(folder, "helper.pid"))).toBeUndefined();
  expect(helper.hasExited()).toBe(true);
});

test("a process that ignores SIGTERM ends after the deadline", async () => {
  const helper = await run("process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('up')");
  await eventually(printed("up"));
  await helper.stop(100);
  expect(await helper.exited).toBe("signal SIGKILL");
});

test("what the process started itself ends with it", async () => {
  const helper = await run(
    "require('node:child_process').spawn('sleep', ['600'], { stdio: 'ignore' }).once('spawn', () => console.log('up'))",
  );
  await eventually(printed("up"));
  await helper.stop(5_000);
  expect(isGroupAlive(helper.pid)).toBe(false);
});

test("stopping twice is harmless", async () => {
  const helper = await run("setInterval(() => {}, 1000)");
  await helper.stop(5_000);
  await expect(helper.stop(5_000)).resolves.toBeUndefined();
});

test("an unexpected end is told with its code and the last log lines", async () => {
  const helper = await run("console.log('about to fail'); process.exitCode = 3");
  const outcome = await helper.exited;
  expect(describeExit(helper, outcome)).toMatch(
    /^helper ended with exit code 3 \(log: .*\):\n {4}about to fail$/,
  );
});

test("a program that does not exist is an error in words", async () => {
  const options = { name: "helper", args: [], env: process.env, workingDirectory: folder };
  const files = { logFile: join(folder, "a.log"), pidFile: join(folder, "a.pid") };
  await expect(startManagedProcess({ ...options, ...files, command: join(folder, "none") })).rejects.toThrow(
    /^helper cannot be run/,
  );
});

test("a log of an earlier run is emptied", async () => {
  writeFileSync(join(folder, "helper.log"), "old\n");
  const helper = await run("console.log('new')");
  await helper.exited;
  expect(readFileSync(join(folder, "helper.log"), "utf8")).toBe("new\n");
});
