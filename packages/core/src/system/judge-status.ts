import type { Status } from "@tocsin/contracts/api/system";

/** Without MySQL nothing can be accepted; without anything else, or with work overdue, alerts may be late. */
export function judgeStatus(
  parts: Status["parts"],
  overdue: readonly { count: number }[] | null,
): Status["status"] {
  if (parts.mysql.status === "failed") return "down";
  const isComplete = Object.values(parts).every(({ status }) => status === "ok");
  const isOnTime = overdue?.every(({ count }) => count === 0) ?? false;
  return isComplete && isOnTime ? "ok" : "degraded";
}
