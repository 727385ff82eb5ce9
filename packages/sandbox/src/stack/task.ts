import { spawn } from "node:child_process";
import { delimiter, join } from "node:path";
import { clearPidFile, writePidFile } from "../engines/pid-file.ts";
import { signalGroup } from "../engines/process-group.ts";
import { ROOT } from "./layout.ts";

export interface TaskResult {
  code: number;
  /** Everything it printed; empty when the output went to the terminal. */
  output: string;
}

export interface TaskOptions {
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  /** "show" sends the output to the terminal as it comes, "collect" keeps it for the result. */
  output: "show" | "collect";
  /** Notes the process while it runs, for a long task that must not outlive a killed command. */
  pidFile?: string;
}

const running = new Set<number>();
let isRefusing = false;

/**
 * Runs a short-lived program of this repository in a process group of its own and waits for its end.
 * Whatever the program itself leaves running is ended with it.
 */
export function runTask({ command, args, env, output, pidFile }: TaskOptions): Promise<TaskResult> {
  if (isRefusing) return Promise.resolve({ code: 130, output: "stopped" });
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      env,
      detached: true,
      stdio: output === "show" ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
    });
    const pid = child.pid;
    const chunks: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk));
    if (pid !== undefined) {
      running.add(pid);
      if (pidFile !== undefined) writePidFile(pidFile, { name: command, pid });
    }
    child.once("error", (error) => resolve({ code: 127, output: error.message }));
    child.once("exit", () => {
      if (pid === undefined) return;
      running.delete(pid);
      signalGroup(pid, "SIGKILL");
      if (pidFile !== undefined) clearPidFile(pidFile);
    });
    child.once("close", (code) =>
      resolve({ code: code ?? 1, output: Buffer.concat(chunks).toString("utf8") }),
    );
  });
}

/** Ends every task that runs, and lets no further one begin: this process is about to end. */
export function endTasks(): void {
  isRefusing = true;
  for (const pid of running) signalGroup(pid, "SIGKILL");
}

/** An environment in which the repository's own tools, the pinned Node among them, come first on PATH. */
export function toolEnvironment(base: NodeJS.ProcessEnv, extra: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const path = [join(ROOT, "node_modules", ".bin"), base["PATH"] ?? ""].join(delimiter);
  return {
    ...base,
    TURBO_TELEMETRY_DISABLED: "1",
    DO_NOT_TRACK: "1",
    npm_config_loglevel: "error",
    ...extra,
    PATH: path,
  };
}
