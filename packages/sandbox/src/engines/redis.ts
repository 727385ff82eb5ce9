import { mkdirSync } from "node:fs";
import { canReachRedis } from "./can-reach.ts";
import type { Engine, RedisBinaries } from "./engine.ts";
import { describeExit, startManagedProcess } from "./managed-process.ts";
import type { EngineProfile } from "./engine-profile.ts";
import { redisArguments } from "./redis-arguments.ts";
import { waitUntil } from "./wait-until.ts";

export interface StartRedisOptions {
  binaries: RedisBinaries;
  port: number;
  dataDirectory: string;
  logFile: string;
  pidFile: string;
  profile: EngineProfile;
}

const START_TIMEOUT_MS = 30_000;
const STOP_DEADLINE_MS = 15_000;

/**
 * Starts a private Redis on 127.0.0.1.
 *
 * @throws Error with the last log lines when the server ends or does not answer within half a minute.
 */
export async function startRedis(options: StartRedisOptions): Promise<Engine> {
  const { binaries, dataDirectory, port, profile } = options;
  mkdirSync(dataDirectory, { recursive: true });
  const child = await startManagedProcess({
    name: "Redis",
    command: binaries.redisServer,
    args: redisArguments({ port, dataDirectory, profile }),
    ...(binaries.argv0 === undefined ? {} : { argv0: binaries.argv0 }),
    env: { ...process.env, ...binaries.env },
    workingDirectory: dataDirectory,
    logFile: options.logFile,
    pidFile: options.pidFile,
  });
  const url = `redis://127.0.0.1:${port}`;
  const answered = await waitUntil(
    async () => child.hasExited() || (await canReachRedis(url)),
    START_TIMEOUT_MS,
  );
  if (child.hasExited()) throw new Error(describeExit(child, await child.exited));
  if (!answered) {
    await child.stop(STOP_DEADLINE_MS);
    throw new Error(`Redis did not answer within ${START_TIMEOUT_MS / 1_000} s (log: ${child.logFile})`);
  }
  return { kind: "redis", name: "Redis", url, process: child, stop: () => child.stop(STOP_DEADLINE_MS) };
}
