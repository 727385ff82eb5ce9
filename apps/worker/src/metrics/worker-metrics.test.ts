import type { Pool } from "@tocsin/db/pool";
import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { describe, expect, it } from "vitest";
import { createWorkerMetrics } from "./worker-metrics.ts";

/** The metrics of a worker whose Redis can be taken away. */
function givenMetrics() {
  const redisIs = { away: false };
  const orFail = <Reply>(reply: Reply): Promise<Reply> =>
    redisIs.away ? Promise.reject(new Error("Connection is closed")) : Promise.resolve(reply);
  const replies = [
    [null, 3],
    [null, [["1000-0", []]]],
    [null, []],
    [null, []],
    [null, ["61", "0"]],
  ];
  const pipeline = { exec: () => orFail(replies) };
  for (const command of ["xlen", "xrange", "xinfo", "time"]) {
    Object.assign(pipeline, { [command]: () => pipeline });
  }
  const queue = {
    name: "some-queue",
    getJobCounts: () => orFail({ wait: 1, prioritized: 1, active: 3, delayed: 4, failed: 0 }),
  };
  const metrics = createWorkerMetrics({
    pool: { usage: () => ({ active: 0, idle: 0, waiting: 0 }) } as Pool,
    redis: { pipeline: () => pipeline } as unknown as Redis,
    queues: [queue as unknown as Queue],
    channels: [],
  });
  /** The lines of the metrics whose names begin so, without what they are about. */
  const read = async (prefix: string): Promise<string[]> =>
    (await metrics.registry.metrics())
      .split("\n")
      .filter((line) => line.startsWith(prefix))
      .map((line) => line.replace(/,?service="worker"/, "").replace("{}", ""));
  return { metrics, redisIs, read };
}

const streamAndQueues = [
  'tocsin_stream_entries{state="all"} 3',
  'tocsin_stream_entries{state="lag"} 3',
  'tocsin_stream_entries{state="pending"} 0',
  "tocsin_stream_oldest_seconds 60",
  'tocsin_queue_jobs{queue="some-queue",state="waiting"} 2',
  'tocsin_queue_jobs{queue="some-queue",state="active"} 3',
  'tocsin_queue_jobs{queue="some-queue",state="delayed"} 4',
];

describe("the worker's metrics", () => {
  it("tell nothing of stream and queues while Redis is away, and again when it is back", async () => {
    const { redisIs, read } = givenMetrics();
    const readAll = async () => [...(await read("tocsin_stream")), ...(await read("tocsin_queue"))];
    expect(await readAll()).toEqual(streamAndQueues);
    redisIs.away = true;
    expect(await readAll()).toEqual([]);
    redisIs.away = false;
    expect(await readAll()).toEqual(streamAndQueues);
  });

  it("tell nothing of overdue work before the first audit and after one that failed", async () => {
    const { metrics, read } = givenMetrics();
    const readAll = async () => [...(await read("tocsin_overdue")), ...(await read("tocsin_dead"))];
    const lastAudit = async () => Number((await read("tocsin_last_audit"))[0]?.split(" ")[1]);
    const overdue = [{ step: "tell", count: 2, oldestId: "an id", since: new Date(5_000) }] as const;
    const told = [
      'tocsin_overdue{step="tell"} 2',
      'tocsin_overdue_oldest_timestamp_seconds{step="tell"} 5',
      "tocsin_dead_letters_open 3",
    ];
    expect([await readAll(), await lastAudit()]).toEqual([[], 0]);
    metrics.audited({ overdue, openDeadLetters: 3 });
    expect(await readAll()).toEqual(told);
    const then = await lastAudit();
    expect(Math.abs(Date.now() / 1000 - then)).toBeLessThan(60);
    metrics.auditFailed();
    expect([await readAll(), await lastAudit()]).toEqual([[], then]);
    metrics.audited({ overdue, openDeadLetters: 3 });
    expect(await readAll()).toEqual(told);
  });
});
