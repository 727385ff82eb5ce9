import type { Status } from "@tocsin/contracts/api/system";
import { withDeadline } from "@tocsin/platform/with-deadline";
import { countOpenDeadLetters } from "../dead-letters/count-open-dead-letters.ts";
import type { Context } from "../context.ts";
import { findOverdueWork } from "./find-overdue-work.ts";
import { judgeStatus } from "./judge-status.ts";
import { readDatabaseServer, readRedisServer } from "./read-servers.ts";
import { readStreamState } from "./read-stream-state.ts";
import { writeToDatabase, writeToRedis } from "./write-probe.ts";

/** Whoever asks for the status wants it most while something hangs. Milliseconds. */
const probeDeadline = 1_000;

/** The state of the system's parts, each asked now and given one second. Never fails: that is what it tells of. */
export async function readStatus(ctx: Context): Promise<Status> {
  const { pool, redis, operations } = ctx;
  const [mysql, cache, pusher, database, redisServer, stream, queues, overdue, openDeadLetters] =
    await Promise.all([
      probe(() => writeToDatabase(pool)),
      probe(() => writeToRedis(redis)),
      probe(() => operations.pingRealtime()),
      orNull(() => readDatabaseServer(pool)),
      orNull(() => readRedisServer(redis)),
      orNull(() => readStreamState(redis)),
      orNull(() => operations.countJobs()),
      orNull(() => findOverdueWork(pool)),
      orNull(() => countOpenDeadLetters(pool)),
    ]);
  const parts = { mysql, redis: cache, pusher };
  return {
    status: judgeStatus(parts, overdue),
    build: { ...operations.build, startedAt: operations.build.startedAt.toISOString() },
    parts,
    servers: { database, redis: redisServer },
    stream,
    queues,
    overdue: overdue?.map((work) => ({ ...work, since: work.since?.toISOString() ?? null })) ?? null,
    openDeadLetters,
  };
}

async function probe(ask: () => Promise<unknown>): Promise<Status["parts"]["mysql"]> {
  const startedAt = performance.now();
  const answer = await orNull(async () => (await ask(), true));
  const milliseconds = Math.round((performance.now() - startedAt) * 10) / 10;
  return { status: answer === null ? "failed" : "ok", milliseconds };
}

async function orNull<Result>(ask: () => Promise<Result>): Promise<Result | null> {
  return withDeadline("A part", probeDeadline, ask()).catch(() => null);
}
