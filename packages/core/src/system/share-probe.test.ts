import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { shareProbe } from "./share-probe.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("shareProbe", () => {
  it("is made once for all who ask within a second, and again after it", async () => {
    const probe = vi.fn(() => Promise.resolve());
    const ask = shareProbe("MySQL", probe);
    expect(await Promise.all([ask(), ask()])).toEqual(["ok", "ok"]);
    vi.advanceTimersByTime(999);
    await ask();
    expect(probe).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    await ask();
    expect(probe).toHaveBeenCalledTimes(2);
  });

  it("tells of a failure, and of what became of it a second later", async () => {
    const probe = vi.fn(() => Promise.resolve()).mockRejectedValueOnce(new Error("read-only"));
    const ask = shareProbe("MySQL", probe);
    expect(await ask()).toBe("failed");
    vi.advanceTimersByTime(1_000);
    expect(await ask()).toBe("ok");
  });

  it("answers after a second where the probe hangs, and makes no second one meanwhile", async () => {
    let end = () => {};
    const probe = vi.fn(() => new Promise<void>((resolve) => void (end = resolve)));
    const ask = shareProbe("MySQL", probe);
    const first = ask();
    await vi.advanceTimersByTimeAsync(1_001);
    expect(await first).toBe("failed");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await ask()).toBe("failed");
    expect(probe).toHaveBeenCalledTimes(1);
    end();
    await vi.advanceTimersByTimeAsync(0);
    const next = ask();
    end();
    expect(await next).toBe("ok");
  });

  it("gives up a probe that never ends", async () => {
    const probe = vi.fn(() => new Promise<void>(() => {})).mockReturnValueOnce(new Promise(() => {}));
    const ask = shareProbe("MySQL", probe);
    void ask();
    await vi.advanceTimersByTimeAsync(15_000);
    probe.mockResolvedValueOnce();
    expect(await ask()).toBe("ok");
  });
});
