import { join } from "node:path";
import { describeExit, startManagedProcess } from "../engines/managed-process.ts";
import type { ManagedProcess } from "../engines/managed-process.ts";
import { waitUntil } from "../engines/wait-until.ts";
import { ROOT, STACK } from "./layout.ts";
import type { Running } from "./supervisor.ts";

export interface AppOptions {
  /** Also the name of its log and pid file. */
  name: string;
  /** Path of the entry, from the top folder. */
  entry: string;
  env: NodeJS.ProcessEnv;
  /** How long it may take to end after SIGTERM (ms). */
  stopDeadlineMs: number;
}

/** Starts one of our own programs, its output going to .local/logs/<name>.log. */
export async function startApp(options: AppOptions): Promise<Running & { process: ManagedProcess }> {
  const child = await startManagedProcess({
    name: options.name,
    command: process.execPath,
    args: [join(ROOT, options.entry)],
    env: options.env,
    workingDirectory: ROOT,
    logFile: join(STACK.logs, `${options.name}.log`),
    pidFile: join(STACK.run, `${options.name}.pid`),
  });
  return { name: options.name, process: child, stop: () => child.stop(options.stopDeadlineMs) };
}

const READY_TIMEOUT_MS = 60_000;

/**
 * Waits until a program says it is ready.
 *
 * @throws Error with its last log lines when it ends first, or is not ready within a minute.
 */
export async function waitForReady(child: ManagedProcess, isReady: () => Promise<boolean>): Promise<void> {
  const ready = await waitUntil(async () => child.hasExited() || (await isReady()), READY_TIMEOUT_MS, 50);
  if (child.hasExited()) throw new Error(describeExit(child, await child.exited));
  if (!ready) {
    throw new Error(describeExit(child, `no sign of being ready after ${READY_TIMEOUT_MS / 1_000} s`));
  }
}

/** Whether a URL answers 200 within two seconds. */
export async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false;
  }
}
