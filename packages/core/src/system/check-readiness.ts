import type { readinessSchema } from "@tocsin/contracts/api/system";
import type { z } from "zod";
import type { Services } from "../context.ts";

/**
 * Whether events can be durably accepted: MySQL decides. Redis is looked at too, but without it events are still
 * stored and processed later.
 */
export async function checkReadiness(
  services: Pick<Services, "pool" | "redis">,
): Promise<z.infer<typeof readinessSchema>> {
  const [mysql, redis] = await Promise.all([
    answers(() => services.pool.query("SELECT 1")),
    answers(() => services.redis.ping()),
  ]);
  return { status: mysql === "ok" ? "ready" : "not_ready", checks: { mysql, redis } };
}

async function answers(probe: () => Promise<unknown>): Promise<"ok" | "failed"> {
  try {
    await probe();
    return "ok";
  } catch {
    return "failed";
  }
}
