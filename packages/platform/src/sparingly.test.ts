import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sparingly } from "./sparingly.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("the first is said at once, the next ones not before the time is over", () => {
  const said: string[] = [];
  const say = sparingly(1_000, (word: string) => said.push(word));
  say("a");
  vi.advanceTimersByTime(999);
  say("b");
  expect(said).toEqual(["a"]);
  vi.advanceTimersByTime(1);
  say("c");
  expect(said).toEqual(["a", "c"]);
});
