import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import type { RedisBinaries } from "../engines/engine.ts";
import { freePort } from "../engines/free-port.ts";
import { locateEngines } from "../engines/locate-engines.ts";
import { startRedis } from "../engines/redis.ts";
import { ENGINE_TREES } from "../stack/layout.ts";
import { eventually } from "./eventually.ts";
import { startMovingProxy } from "./moving-proxy.ts";
import { runFolderOf } from "./run-folder.ts";

/** A Redis and its replica, behind one address that leads to the first. */
export interface RedisPair {
  /** The address that moves. */
  url: string;
  /** The servers themselves. */
  servers: { first: Redis; second: Redis };
  /** The second takes writes and the first follows it: no connection is closed, and the address stays. */
  switchRoles: () => Promise<void>;
  /** The address leads to the second; connections that are open stay where they are. */
  moveAddress: () => void;
  /** How many connections were made by way of the address. */
  connections: () => number;
  stop: () => Promise<void>;
}

/** The programs to start Redis servers from; undefined where there are only containers, which cannot follow each other. */
export async function locateRedis(): Promise<RedisBinaries | undefined> {
  const { redis } = await locateEngines(["redis"], {
    trees: ENGINE_TREES,
    signal: new AbortController().signal,
    onDownload: () => {},
  });
  return redis === "docker" ? undefined : redis;
}

/** Starts both and waits until the second follows the first. */
export async function startRedisPair(binaries: RedisBinaries): Promise<RedisPair> {
  const folder = mkdtempSync(join(tmpdir(), "tocsin-redis-pair-"));
  const runFolder = runFolderOf(folder);
  const start = async (name: string) =>
    startRedis({
      ...{ binaries, port: await freePort(), profile: "throwaway" },
      dataDirectory: join(folder, name),
      logFile: join(folder, `${name}.log`),
      pidFile: join(runFolder, `${name}.pid`),
    });
  const engines = [await start("first"), await start("second")] as const;
  const [first, second] = engines.map(({ url }) => new Redis(url)) as [Redis, Redis];
  const [firstPort, secondPort] = engines.map(({ url }) => Number(new URL(url).port)) as [number, number];
  const proxy = await startMovingProxy(firstPort);
  // Else a primary waits five seconds for more replicas before it sends the first one anything.
  await first.config("SET", "repl-diskless-sync-delay", "0");
  await second.replicaof("127.0.0.1", firstPort);
  await eventually(async () => {
    if (!(await second.info("replication")).includes("master_link_status:up")) {
      throw new Error("The second Redis does not follow the first yet");
    }
  });
  return {
    url: `redis://127.0.0.1:${proxy.port}`,
    servers: { first, second },
    async switchRoles() {
      // As an operator does it: whatever was taken is on the other side before that one is the primary.
      await first.client("PAUSE", 10_000, "WRITE");
      await eventually(async () => {
        const [behind, ahead] = await Promise.all([offsetOf(second), offsetOf(first)]);
        if (behind !== ahead) throw new Error(`The second Redis is at ${behind}, the first at ${ahead}`);
      });
      await second.replicaof("NO", "ONE");
      await first.replicaof("127.0.0.1", secondPort);
      await first.client("UNPAUSE");
    },
    moveAddress: () => proxy.moveTo(secondPort),
    connections: () => proxy.connections(),
    async stop() {
      await proxy.close();
      for (const connection of [first, second]) connection.disconnect();
      await Promise.all(engines.map((engine) => engine.stop()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** How much of what was written a server has. */
async function offsetOf(redis: Redis): Promise<number> {
  const info = await redis.info("replication");
  const isReplica = info.includes("role:slave");
  const name = isReplica ? "slave_repl_offset" : "master_repl_offset";
  return Number(new RegExp(`${name}:(\\d+)`).exec(info)?.[1]);
}
