import { spawn } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";

export interface StartProcessOptions {
  /** Shown in errors, for example "api". */
  name: string;
  /** Absolute path of a TypeScript or JavaScript entry. */
  entry: string;
  args?: readonly string[];
  /** Added to PATH and HOME: nothing else of the test's own environment is handed down. */
  env: Readonly<Record<string, string>>;
  /** A URL that answers 200, or any other sign that the process is ready. */
  isReady: string | (() => boolean | Promise<boolean>);
  /** How long it may take to become ready (ms). */
  timeoutMs?: number;
}

export interface StartedProcess {
  readonly name: string;
  readonly pid: number;
  /** Everything it printed so far. */
  logs(): string;
  /** Sends a signal, such as SIGKILL, SIGSTOP or SIGCONT; nothing happens when it has ended. */
  signal(signal: NodeJS.Signals): void;
  /** Resolves with its exit code, or the signal that ended it. */
  readonly exited: Promise<number | NodeJS.Signals>;
  /** SIGTERM, then SIGKILL after the deadline (ms); resolves when it has ended. */
  stop(deadlineMs?: number): Promise<number | NodeJS.Signals>;
}

/**
 * Starts a program with the same Node as the test and waits until it is ready. Stop it in `afterAll`; it is killed
 * with the test's own process at the latest.
 *
 * @throws Error with everything it printed when it ends first or is not ready in time.
 */
export async function startProcess(options: StartProcessOptions): Promise<StartedProcess> {
  const { name, timeoutMs = 30_000 } = options;
  const { PATH = "", HOME = "", TOCSIN_TEST_IMPORT } = process.env;
  // What the test's set-up wants to run in there first.
  const preload = TOCSIN_TEST_IMPORT === undefined ? [] : ["--import", TOCSIN_TEST_IMPORT];
  const child = spawn(process.execPath, [...preload, options.entry, ...(options.args ?? [])], {
    env: { PATH, HOME, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${name} cannot be run.`);
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => chunks.push(text));
  }
  const killWithTest = () => void child.kill("SIGKILL");
  process.once("exit", killWithTest);
  let outcome: number | NodeJS.Signals | undefined;
  const exited = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once("close", (code, signal) => {
      process.off("exit", killWithTest);
      outcome = signal ?? code ?? 1;
      resolve(outcome);
    });
  });
  const stop = async (deadlineMs = 30_000) => {
    // A paused process does not notice SIGTERM.
    child.kill("SIGCONT");
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), deadlineMs);
    const result = await exited;
    clearTimeout(timer);
    return result;
  };

  const isReady = readinessOf(options.isReady);
  const deadline = Date.now() + timeoutMs;
  while (outcome === undefined && !(await isReady())) {
    if (Date.now() >= deadline) {
      await stop(1_000);
      throw new Error(`${name} was not ready within ${timeoutMs} ms. It printed:\n${chunks.join("")}`);
    }
    await delay(25);
  }
  if (outcome !== undefined) {
    throw new Error(`${name} ended with ${outcome} before it was ready. It printed:\n${chunks.join("")}`);
  }
  return {
    name,
    pid,
    logs: () => chunks.join(""),
    signal: (signal) => void child.kill(signal),
    exited,
    stop,
  };
}

function readinessOf(isReady: StartProcessOptions["isReady"]): () => boolean | Promise<boolean> {
  if (typeof isReady === "function") return isReady;
  return async () => {
    try {
      const response = await fetch(isReady, { signal: AbortSignal.timeout(2_000) });
      await response.body?.cancel();
      return response.status === 200;
    } catch {
      return false;
    }
  };
}
