import { describe, expect, it } from "vitest";
import { judgeStatus } from "./judge-status.ts";

const ok = { status: "ok", milliseconds: 1 } as const;
const failed = { status: "failed", milliseconds: 1000 } as const;
const nothing = [{ count: 0 }, { count: 0 }];

describe("judgeStatus", () => {
  it.each([
    ["all parts answer and nothing is overdue", { mysql: ok, redis: ok, pusher: ok }, nothing, "ok"],
    ["Redis is away", { mysql: ok, redis: failed, pusher: ok }, nothing, "degraded"],
    ["Pusher is away", { mysql: ok, redis: ok, pusher: failed }, nothing, "degraded"],
    ["something is overdue", { mysql: ok, redis: ok, pusher: ok }, [{ count: 0 }, { count: 1 }], "degraded"],
    ["nobody knows what is overdue", { mysql: ok, redis: ok, pusher: ok }, null, "degraded"],
    ["MySQL is away", { mysql: failed, redis: ok, pusher: ok }, null, "down"],
  ] as const)("where %s", (_case, parts, overdue, expected) => {
    expect(judgeStatus(parts, overdue)).toBe(expected);
  });
});
