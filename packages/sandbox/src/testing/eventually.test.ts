import { expect, test } from "vitest";
import { eventually } from "./eventually.ts";

test("the result of the first try that does not throw is returned", async () => {
  let tries = 0;
  const attempt = () => {
    tries += 1;
    if (tries < 3) throw new Error("not yet");
    return tries;
  };
  expect(await eventually(attempt, { everyMs: 1 })).toBe(3);
});

test("the last failure is thrown once the time is over", async () => {
  await expect(eventually(() => expect(1).toBe(2), { timeoutMs: 5, everyMs: 1 })).rejects.toThrow(/to be 2/);
});
