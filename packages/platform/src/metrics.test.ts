import { describe, expect, it } from "vitest";
import { createMetricsRegistry, judgeMetricsAccess } from "./metrics.ts";

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
  it("has the event loop's delay, labelled with the service", async () => {
    expect(await createMetricsRegistry("api").metrics()).toMatch(
      /nodejs_eventloop_lag_seconds\{service="api"\}/,
    );
  });
});
