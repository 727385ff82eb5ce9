import { execFile } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { promisify } from "node:util";
import type { EngineKind, MariadbBinaries, RedisBinaries } from "./engine.ts";
import { findOnPath } from "./find-on-path.ts";
import { unpackAptEngines } from "./unpack-apt-engines.ts";
import { unpackedBinaries } from "./unpacked-binaries.ts";
import { UserError } from "./user-error.ts";

const run = promisify(execFile);

/** Where each engine comes from: programs to start, or "docker" for a container. */
export interface LocatedEngines {
  mariadb?: MariadbBinaries | "docker";
  redis?: RedisBinaries | "docker";
}

export interface LocateEnginesOptions {
  /** Where unpacked engines are kept between runs. */
  tree: string;
  /** Called before a download, which takes some seconds. */
  onDownload: () => void;
  /** Ends a download. */
  signal: AbortSignal;
}

/**
 * Finds a way to run the engines: installed on this machine, else unpacked from Debian's or Ubuntu's archive, else a
 * container.
 *
 * @throws UserError listing the ways when none works.
 */
export async function locateEngines(
  wanted: readonly EngineKind[],
  options: LocateEnginesOptions,
): Promise<LocatedEngines> {
  const located: LocatedEngines = {};
  const mariadb = installedMariadb();
  const redis = installedRedis();
  if (wanted.includes("mariadb") && mariadb !== undefined) located.mariadb = mariadb;
  if (wanted.includes("redis") && redis !== undefined) located.redis = redis;
  const missing = wanted.filter((kind) => located[kind] === undefined);
  if (missing.length === 0) return located;

  const whyNotUnpacked = await unpackOnce(options);
  if (whyNotUnpacked === undefined) {
    const unpacked = unpackedBinaries(options.tree);
    for (const kind of missing) Object.assign(located, { [kind]: unpacked[kind] });
    return located;
  }
  options.signal.throwIfAborted();
  const whyNoDocker = await refusalOfDocker();
  if (whyNoDocker === undefined) {
    for (const kind of missing) located[kind] = "docker";
    return located;
  }
  throw new UserError(listWays(missing, whyNotUnpacked, whyNoDocker));
}

function installedMariadb(): MariadbBinaries | undefined {
  const mariadbd = findOnPath(["mariadbd"]);
  const installDb = findOnPath(["mariadb-install-db"]);
  return mariadbd === undefined || installDb === undefined ? undefined : { mariadbd, installDb, env: {} };
}

function installedRedis(): RedisBinaries | undefined {
  const redisServer = findOnPath(["redis-server"]);
  return redisServer === undefined ? undefined : { redisServer, env: {} };
}

/** @returns why it did not work, or undefined when the tree is there and its programs run. */
async function unpackOnce({ tree, onDownload, signal }: LocateEnginesOptions): Promise<string | undefined> {
  if (existsSync(tree) && (await whyNotRunnable(tree)) === undefined) return undefined;
  const lacking = ["apt-get", "apt-cache", "dpkg"].filter((name) => findOnPath([name]) === undefined);
  if (lacking.length > 0) return `this machine has no ${lacking.join(", ")}`;
  // A tree of before an upgrade of the system may no longer run.
  rmSync(tree, { recursive: true, force: true });
  onDownload();
  try {
    await unpackAptEngines(tree, signal);
  } catch (error) {
    return firstLineOf(error);
  }
  return whyNotRunnable(tree);
}

async function whyNotRunnable(tree: string): Promise<string | undefined> {
  const { mariadb, redis } = unpackedBinaries(tree);
  try {
    await run(mariadb.mariadbd, ["--version"], { env: { ...process.env, ...mariadb.env } });
    await run(redis.redisServer, ["--version"], {
      env: { ...process.env, ...redis.env },
      ...(redis.argv0 === undefined ? {} : { argv0: redis.argv0 }),
    });
    return undefined;
  } catch (error) {
    return firstLineOf(error);
  }
}

async function refusalOfDocker(): Promise<string | undefined> {
  try {
    await run("docker", ["compose", "version"], { timeout: 10_000 });
    await run("docker", ["info"], { timeout: 10_000 });
    return undefined;
  } catch (error) {
    return firstLineOf(error);
  }
}

function firstLineOf(error: unknown): string {
  const stderr = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  const text = stderr !== "" ? stderr : String(error instanceof Error ? error.message : error);
  return text.split("\n")[0] ?? "unknown reason";
}

function listWays(missing: readonly EngineKind[], whyNotUnpacked: string, whyNoDocker: string): string {
  return [
    `No way to run ${missing.join(" and ")} was found. Any one of these is enough:`,
    "  1. set DATABASE_URL (mysql://…) and REDIS_URL (redis://…) to servers you already have;",
    "  2. install mariadb-server and redis-server, so that mariadbd, mariadb-install-db and redis-server are on PATH" +
      ` (on Debian and Ubuntu they are otherwise unpacked without root; here: ${whyNotUnpacked});`,
    `  3. start Docker, with its compose plugin (here: ${whyNoDocker}).`,
  ].join("\n");
}
