import { expect, it } from "vitest";
import { FairQueue } from "./fair-queue.ts";

const limits = { running: 3, runningPerCaller: 2, waiting: 4, waitingPerCaller: 3 };

/** A queue, and the callers in the order in which something of theirs was started. */
function givenQueue() {
  const queue = new FairQueue(limits);
  const started: string[] = [];
  return { queue, started, add: (caller: string) => queue.add(caller, () => started.push(caller)) };
}

it("one caller does not take every place, however much it wants", () => {
  const { queue, started, add } = givenQueue();
  for (let count = 0; count < 4; count += 1) add("a");
  expect(started).toEqual(["a", "a"]);
  add("b");
  expect(started).toEqual(["a", "a", "b"]);
  expect([queue.running, queue.waiting]).toEqual([3, 2]);
});

it("whoever has least running is next; of one caller who came first", () => {
  const { queue, started, add } = givenQueue();
  for (const caller of ["a", "a", "b", "a", "b", "c"]) add(caller);
  queue.release("b");
  expect(started.slice(3)).toEqual(["b"]);
  queue.release("a");
  expect(started.slice(4)).toEqual(["c"]);
  queue.release("b");
  expect(started.slice(5)).toEqual(["a"]);
});

it("takes as many as may wait, of one caller and of all, and says which of the two refused one more", () => {
  const { add } = givenQueue();
  for (let count = 0; count < limits.runningPerCaller + limits.waitingPerCaller; count += 1) {
    expect(add("a")).toBeTypeOf("function");
  }
  expect(add("a")).toBe("caller_full");
  expect(add("b")).toBeTypeOf("function");
  expect(add("b")).toBeTypeOf("function");
  expect(add("c")).toBe("queue_full");
});

it("what left is not started, and makes room", () => {
  const { queue, started, add } = givenQueue();
  for (const caller of ["a", "b", "c"]) add(caller);
  const leave = add("d");
  if (typeof leave === "string") throw new Error(leave);
  leave();
  add("e");
  queue.release("a");
  expect(started).toEqual(["a", "b", "c", "e"]);
  leave();
  expect(queue.waiting).toBe(0);
});
