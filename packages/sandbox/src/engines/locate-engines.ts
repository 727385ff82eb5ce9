import { execFile } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { promisify } from "node:util";
import { ENGINE_NAMES } from "./engine.ts";
import type { EngineKind, MariadbBinaries, MysqlBinaries, RedisBinaries } from "./engine.ts";
import { findOnPath } from "./find-on-path.ts";
import { installedMariadb, installedMysql, installedRedis } from "./installed-engines.ts";
import { type MissingEngine, NoEngineError } from "./no-engine-error.ts";
import { unpackAptEngines } from "./unpack-apt-engines.ts";
import { unpackAptMysql } from "./unpack-apt-mysql.ts";
import { unpackedBinaries, unpackedMysql } from "./unpacked-binaries.ts";

const run = promisify(execFile);

/** Where each engine comes from: programs to start, or "docker" for a container. */
export interface LocatedEngines {
  mysql?: MysqlBinaries | "docker";
  mariadb?: MariadbBinaries | "docker";
  redis?: RedisBinaries | "docker";
}

/** The folders that unpacked engines are kept in between runs. */
export interface EngineTrees {
  mysql: string;
  mariadbAndRedis: string;
}

export interface LocateEnginesOptions {
  trees: EngineTrees;
  /** Called before a download, which takes some seconds, with what is downloaded and how large it is. */
  onDownload: (what: string, megabytes: number) => void;
  /** Ends a download. */
  signal: AbortSignal;
}

/** Programs that one download brings. */
interface Unpacking {
  what: string;
  megabytes: number;
  tree: string;
  unpack: (tree: string, signal: AbortSignal) => Promise<void>;
  /** Runs what was unpacked; rejects when it cannot be run. */
  tryOut: (tree: string) => Promise<void>;
}

/**
 * Finds a way to run the engines: installed on this machine, else unpacked from Debian's or Ubuntu's archive, else a
 * container.
 *
 * @throws NoEngineError listing the ways when none works.
 */
export async function locateEngines(
  wanted: readonly EngineKind[],
  options: LocateEnginesOptions,
): Promise<LocatedEngines> {
  const located: LocatedEngines = {};
  const missing: MissingEngine[] = [];
  // MariaDB and Redis come in one download.
  const whyNot = new Map<string, string | undefined>();
  for (const kind of wanted) {
    const installed = await findInstalled(kind);
    if (installed !== undefined) {
      Object.assign(located, { [kind]: installed });
      continue;
    }
    const unpacking = unpackingOf(kind, options.trees);
    const { tree } = unpacking;
    if (!whyNot.has(tree)) whyNot.set(tree, await unpackOnce(unpacking, options));
    options.signal.throwIfAborted();
    const whyNotUnpacked = whyNot.get(tree);
    if (whyNotUnpacked === undefined) Object.assign(located, { [kind]: unpacked(kind, tree) });
    else missing.push({ kind, whyNotUnpacked });
  }
  if (missing.length === 0) return located;
  const whyNoDocker = await refusalOfDocker();
  if (whyNoDocker !== undefined) throw new NoEngineError(missing, whyNoDocker);
  for (const { kind } of missing) located[kind] = "docker";
  return located;
}

async function findInstalled(
  kind: EngineKind,
): Promise<MysqlBinaries | MariadbBinaries | RedisBinaries | undefined> {
  if (kind === "mysql") return installedMysql();
  return kind === "mariadb" ? installedMariadb() : installedRedis();
}

function unpacked(kind: EngineKind, tree: string): MysqlBinaries | MariadbBinaries | RedisBinaries {
  return kind === "mysql" ? unpackedMysql(tree) : unpackedBinaries(tree)[kind];
}

function unpackingOf(kind: EngineKind, trees: EngineTrees): Unpacking {
  if (kind === "mysql") {
    return {
      ...{ what: ENGINE_NAMES.mysql, megabytes: 75, tree: trees.mysql, unpack: unpackAptMysql },
      async tryOut(tree) {
        const [program, ...before] = unpackedMysql(tree).mysqld;
        await run(program, [...before, "--no-defaults", "--version"]);
      },
    };
  }
  return {
    ...{ what: `${ENGINE_NAMES.mariadb} and ${ENGINE_NAMES.redis}`, megabytes: 20 },
    ...{ tree: trees.mariadbAndRedis, unpack: unpackAptEngines },
    async tryOut(tree) {
      const { mariadb, redis } = unpackedBinaries(tree);
      await run(mariadb.mariadbd, ["--version"], { env: { ...process.env, ...mariadb.env } });
      await run(redis.redisServer, ["--version"], {
        env: { ...process.env, ...redis.env },
        ...(redis.argv0 === undefined ? {} : { argv0: redis.argv0 }),
      });
    },
  };
}

/** @returns why it did not work, or undefined when the tree is there and its programs run. */
async function unpackOnce(
  { what, megabytes, tree, unpack, tryOut }: Unpacking,
  { onDownload, signal }: LocateEnginesOptions,
): Promise<string | undefined> {
  const whyNotRunnable = () =>
    tryOut(tree).then(
      () => undefined,
      (error: unknown) => firstLineOf(error),
    );
  if (existsSync(tree) && (await whyNotRunnable()) === undefined) return undefined;
  const lacking = ["apt-get", "apt-cache", "dpkg"].filter((name) => findOnPath([name]) === undefined);
  if (lacking.length > 0) return `this machine has no ${lacking.join(", ")}`;
  // A tree of before an upgrade of the system may no longer run.
  rmSync(tree, { recursive: true, force: true });
  onDownload(what, megabytes);
  try {
    await unpack(tree, signal);
  } catch (error) {
    return firstLineOf(error);
  }
  return whyNotRunnable();
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
