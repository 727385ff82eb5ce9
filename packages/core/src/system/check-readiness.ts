import type { readinessSchema } from "@tocsin/contracts/api/system";
import { withDeadline } from "@tocsin/platform/with-deadline";
import type { z } from "zod";
import type { Services } from "../context.ts";

/** How long either may take to answer. Milliseconds. */
const patience = 1_000;

/**
 * Whether events can be durably accepted: MySQL decides. Redis is looked at too, but without it events are still
 * stored and processed later.
 */
export async function checkReadiness(
  services: Pick<Services, "pool" | "redis">,
): Promise<z.infer<typeof readinessSchema>> {
  const [mysql, redis] = await Promise.all([
    answers("MySQL", () => services.pool.query("SELECT 1")),
    answers("Redis", () => services.redis.ping()),
  ]);
  return { status: mysql === "ok" ? "ready" : "not_ready", checks: { mysql, redis } };
}

async function answers(whose: string, probe: () => Promise<unknown>): Promise<"ok" | "failed"> {
  try {
    await withDeadline(whose, patience, probe());
    return "ok";
  } catch {
    return "failed";
  }
}
