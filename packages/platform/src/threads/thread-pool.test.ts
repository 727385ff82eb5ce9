import { threadId } from "node:worker_threads";
import { afterEach, expect, it } from "vitest";
import { createThreadPool, type ThreadPool, type ThreadPoolOptions } from "./thread-pool.ts";
import { threadTask } from "./thread-task.ts";
import type { run as fail } from "./testing/fail.task.ts";
import type { run as fillMemory } from "./testing/fill-memory.task.ts";
import type { run as spin } from "./testing/spin.task.ts";

const moduleOf = (name: string) => new URL(`testing/${name}.task.ts`, import.meta.url);
const spinning = threadTask<typeof spin>({ name: "spin", module: moduleOf("spin"), deadlineMs: 20_000 });
const endless = threadTask<typeof spin>({ name: "endless", module: moduleOf("spin"), deadlineMs: 300 });
const failing = threadTask<typeof fail>({ name: "fail", module: moduleOf("fail"), deadlineMs: 20_000 });
const filling = threadTask<typeof fillMemory>({
  name: "fill",
  module: moduleOf("fill-memory"),
  deadlineMs: 60_000,
});
const forEver = { milliseconds: 600_000 };
const quiet = { error() {}, warn() {}, info() {}, debug() {} };

const opened: ThreadPool[] = [];
function givenPool(some: Partial<ThreadPoolOptions> = {}): ThreadPool {
  const limits = { running: 2, runningPerCaller: 1, waiting: 2, waitingPerCaller: 1 };
  const pool = createThreadPool({ log: quiet, limits, ...some });
  opened.push(pool);
  return pool;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((pool) => pool.close()));
});

it("works in another thread, while this one goes on", async () => {
  const pool = givenPool();
  let turns = 0;
  const timer = setInterval(() => (turns += 1), 5);
  const thread = await pool.run(spinning, { milliseconds: 300 }, { caller: "a" });
  clearInterval(timer);
  expect(thread).not.toBe(threadId);
  expect(turns).toBeGreaterThan(10);
  expect(pool.outcomes()).toEqual([{ task: "spin", outcome: "done", count: 1 }]);
});

it("ends what runs beyond its deadline, says so, and does the next in a fresh thread", async () => {
  const pool = givenPool();
  await expect(pool.run(endless, forEver, { caller: "a" })).rejects.toMatchObject({
    code: "UNAVAILABLE",
    retryAfterSeconds: 2,
    message: "This took longer than 300 ms or too much memory, and was stopped",
  });
  await expect(pool.run(spinning, { milliseconds: 1 }, { caller: "a" })).resolves.toBeTypeOf("number");
  expect(pool.usage()).toEqual({ running: 0, waiting: 0 });
});

it("ends what takes too much memory, and the process lives", async () => {
  const pool = givenPool();
  await expect(pool.run(filling, undefined as never, { caller: "a" })).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });
  await expect(pool.run(spinning, { milliseconds: 1 }, { caller: "a" })).resolves.toBeTypeOf("number");
}, 60_000);

it("leaves a thread to others, makes a caller's next wait, and refuses the one after that", async () => {
  const pool = givenPool();
  const stop = new AbortController();
  const busy = { caller: "greedy", signal: stop.signal };
  const greedy = [pool.run(spinning, forEver, busy), pool.run(spinning, forEver, busy)];
  expect(pool.usage()).toEqual({ running: 1, waiting: 1 });
  await expect(pool.run(spinning, forEver, busy)).rejects.toMatchObject({
    code: "TOO_MANY_REQUESTS",
    retryAfterSeconds: 1,
  });
  await expect(pool.run(spinning, { milliseconds: 1 }, { caller: "other" })).resolves.toBeTypeOf("number");
  stop.abort(new Error("Enough"));
  expect(await Promise.allSettled(greedy)).toMatchObject([
    { reason: { message: "Enough" } },
    { reason: { message: "Enough" } },
  ]);
  expect(pool.usage()).toEqual({ running: 0, waiting: 0 });
});

it("refuses what nobody could wait for: a full queue, and a wait that takes too long", async () => {
  const pool = givenPool({ patienceMs: 200 });
  const stop = new AbortController();
  const callers = ["a", "b", "c", "d"];
  const runs = callers.map((caller) => pool.run(spinning, forEver, { caller, signal: stop.signal }));
  await expect(pool.run(spinning, forEver, { caller: "e" })).rejects.toMatchObject({
    code: "UNAVAILABLE",
    message: "Too much is being worked on",
  });
  for (const run of runs.slice(2)) {
    await expect(run).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: "No thread was free in time",
      retryAfterSeconds: 2,
    });
  }
  stop.abort(new Error("Enough"));
  await Promise.allSettled(runs);
});

it("passes on what a task throws, and works on in the same thread", async () => {
  const pool = givenPool();
  await expect(pool.run(failing, "No such thing", { caller: "a" })).rejects.toThrow("No such thing");
  expect(pool.outcomes()).toEqual([{ task: "fail", outcome: "failed", count: 1 }]);
});

it("closing ends what runs and takes nothing more", async () => {
  const pool = givenPool();
  const run = pool.run(spinning, forEver, { caller: "a" });
  // Listened to from the start: it fails while closing is waited for.
  const ended = run.catch((error: unknown) => error);
  await pool.run(spinning, { milliseconds: 1 }, { caller: "b" });
  await pool.close();
  expect(await ended).toMatchObject({ code: "UNAVAILABLE" });
  await expect(pool.run(spinning, forEver, { caller: "a" })).rejects.toMatchObject({ code: "UNAVAILABLE" });
});
