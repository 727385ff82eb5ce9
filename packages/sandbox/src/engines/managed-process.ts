import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { clearPidFile, writePidFile } from "./pid-file.ts";
import { isGroupAlive, signalGroup } from "./process-group.ts";
import { readLastLines } from "./read-last-lines.ts";
import { waitUntil } from "./wait-until.ts";

export interface ManagedProcessOptions {
  /** Shown to people, for example "MariaDB". */
  name: string;
  command: string;
  args: readonly string[];
  /** The name the program sees itself called by, when it differs from the file's. */
  argv0?: string;
  env: NodeJS.ProcessEnv;
  workingDirectory: string;
  /** Everything the process prints; emptied at each start. */
  logFile: string;
  pidFile: string;
}

export interface ManagedProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Resolves, never rejects, with a description such as "exit code 1" once the process has ended. */
  readonly exited: Promise<string>;
  hasExited(): boolean;
  /** SIGTERM, then SIGKILL for the whole group after the deadline (ms). Does nothing on a process that ended. */
  stop(deadlineMs: number): Promise<void>;
}

/**
 * Starts a program in its own process group, so that Ctrl-C in a terminal reaches only whoever manages it.
 *
 * @throws Error when the program cannot be executed.
 */
export async function startManagedProcess(options: ManagedProcessOptions): Promise<ManagedProcess> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  mkdirSync(dirname(options.pidFile), { recursive: true });
  const log = openSync(options.logFile, "w");
  const child = spawn(options.command, options.args, {
    cwd: options.workingDirectory,
    env: options.env,
    stdio: ["ignore", log, log],
    detached: true,
    ...(options.argv0 === undefined ? {} : { argv0: options.argv0 }),
  });
  closeSync(log);
  let ended = false;
  const exited = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => {
      ended = true;
      clearPidFile(options.pidFile);
      resolve(signal ? `signal ${signal}` : `exit code ${code}`);
    });
  });
  await new Promise<void>((resolve, reject) => {
    child.once("spawn", resolve);
    child.once("error", (error) => reject(new Error(`${options.name} cannot be run: ${error.message}`)));
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${options.name} has no process id.`);
  if (!ended) writePidFile(options.pidFile, { name: options.name, pid });

  return {
    name: options.name,
    pid,
    logFile: options.logFile,
    exited,
    hasExited: () => ended,
    stop: (deadlineMs) => stopGroup(pid, deadlineMs),
  };
}

/** Ends a process group: SIGTERM, then SIGKILL after the deadline (ms). Resolves once nothing of it runs. */
export async function stopGroup(pid: number, deadlineMs: number): Promise<void> {
  signalGroup(pid, "SIGTERM");
  if (await waitUntil(() => !isGroupAlive(pid), deadlineMs)) return;
  signalGroup(pid, "SIGKILL");
  await waitUntil(() => !isGroupAlive(pid), 5_000);
}

/** One error text for a process that ended when it should not: how, where the log is, and its last lines. */
export function describeExit(process: ManagedProcess, outcome: string): string {
  const lines = readLastLines(process.logFile, 15);
  const tail = lines.length > 0 ? `:\n${lines.map((line) => `    ${line}`).join("\n")}` : "";
  return `${process.name} ended with ${outcome} (log: ${process.logFile})${tail}`;
}
