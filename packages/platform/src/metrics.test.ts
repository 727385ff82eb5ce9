import { describe, expect, it } from "vitest";
import { addThreadMetrics, createMetricsRegistry, judgeMetricsAccess } from "./metrics.ts";

describe("access to the metrics", () => {
  const token = "a-token-of-some-length";

  it.each([
    ["without a token outside production", { token: undefined, isProduction: false }, undefined, "granted"],
    ["without a token in production", { token: undefined, isProduction: true }, undefined, "absent"],
    ["with the token", { token, isProduction: true }, `Bearer ${token}`, "granted"],
    ["with no header where there is a token", { token, isProduction: false }, undefined, "denied"],
    [
      "with another token of that length",
      { token, isProduction: true },
      `Bearer ${"x".repeat(token.length)}`,
      "denied",
    ],
    ["with a longer token", { token, isProduction: true }, `Bearer ${token}x`, "denied"],
  ] as const)("%s", (_case, access, authorization, expected) => {
    expect(judgeMetricsAccess(access, authorization)).toBe(expected);
  });
});

describe("the registry", () => {
  it("counts what became of the tasks of the threads, alike however often it is read", async () => {
    const registry = createMetricsRegistry("api");
    addThreadMetrics(registry, {
      usage: () => ({ running: 1, waiting: 2 }),
      outcomes: () => [{ task: "try-rule", outcome: "deadline", count: 3 }],
    });
    await registry.metrics();
    const text = await registry.metrics();
    expect(text).toContain('tocsin_thread_tasks{state="waiting",service="api"} 2');
    expect(text).toContain('tocsin_thread_tasks_total{task="try-rule",outcome="deadline",service="api"} 3');
  });

  it("has the event loop's delay, labelled with the service", async () => {
    expect(await createMetricsRegistry("api").metrics()).toMatch(
      /nodejs_eventloop_lag_seconds\{service="api"\}/,
    );
  });
});
