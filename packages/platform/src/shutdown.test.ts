import { afterEach, describe, expect, it, vi } from "vitest";
import type { Logger } from "./logger.ts";
import { createShutdown } from "./shutdown.ts";

const quiet: Logger = { error() {}, warn() {}, info() {}, debug() {} };
const signals = ["SIGTERM", "SIGINT", "uncaughtException"] as const;
const before = new Map(signals.map((signal) => [signal, process.listeners(signal as NodeJS.Signals)]));

afterEach(() => {
  for (const signal of signals) {
    for (const listener of process.listeners(signal as NodeJS.Signals)) {
      if (!before.get(signal)?.includes(listener)) process.removeListener(signal, listener);
    }
  }
  vi.useRealTimers();
});

describe("createShutdown", () => {
  it("runs the steps one after another, in order, then ends the process", async () => {
    const done: string[] = [];
    const shutdown = createShutdown({
      log: quiet,
      deadlineMs: 1_000,
      exit: (code) => done.push(`exit ${code}`),
    });
    shutdown.add("slow", async () => {
      await new Promise((resolve) => setImmediate(resolve));
      done.push("slow");
    });
    shutdown.add("quick", () => done.push("quick"));
    await shutdown.run("test");
    expect(done).toEqual(["slow", "quick", "exit 0"]);
  });

  it("goes on after a step that failed", async () => {
    const done: string[] = [];
    const shutdown = createShutdown({
      log: quiet,
      deadlineMs: 1_000,
      exit: (code) => done.push(`exit ${code}`),
    });
    shutdown.add("broken", () => Promise.reject(new Error("broken")));
    shutdown.add("next", () => done.push("next"));
    await shutdown.run("test");
    expect(done).toEqual(["next", "exit 0"]);
  });

  it("runs once, however often it is asked to", async () => {
    const exit = vi.fn<(code: number) => void>();
    const shutdown = createShutdown({ log: quiet, deadlineMs: 1_000, exit });
    expect(shutdown.isStopping).toBe(false);
    await Promise.all([shutdown.run("first"), shutdown.run("second")]);
    expect(shutdown.isStopping).toBe(true);
    expect(exit).toHaveBeenCalledTimes(1);
  });

  it("ends the process at the deadline, with code 1", () => {
    vi.useFakeTimers();
    const exit = vi.fn<(code: number) => void>();
    const shutdown = createShutdown({ log: quiet, deadlineMs: 1_000, exit });
    shutdown.add("stuck", () => new Promise(() => {}));
    void shutdown.run("test");
    vi.advanceTimersByTime(999);
    expect(exit).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(exit).toHaveBeenCalledWith(1);
  });

  it("stops at the first signal and ends at once at the second", () => {
    const exit = vi.fn<(code: number) => void>();
    const shutdown = createShutdown({ log: quiet, deadlineMs: 1_000, exit });
    shutdown.add("stuck", () => new Promise(() => {}));
    const [listener] = process.listeners("SIGTERM").slice(-1);
    listener?.("SIGTERM");
    expect(shutdown.isStopping).toBe(true);
    expect(exit).not.toHaveBeenCalled();
    listener?.("SIGTERM");
    expect(exit).toHaveBeenCalledWith(1);
  });
});
