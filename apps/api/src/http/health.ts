import type { Services } from "@tocsin/core/context";
import { createReadinessCheck } from "@tocsin/core/system/check-readiness";
import type { Router } from "express";
import { strictRouter } from "./strict-router.ts";

/** `GET /health`: the process answers. `GET /ready`: events can be durably accepted, and the process is not stopping. */
export function healthRoutes(
  services: Services,
  state: { isStopping: () => boolean; isDatabaseUsable?: (() => boolean) | undefined },
): Router {
  const routes = strictRouter();
  const { isStopping, isDatabaseUsable = () => true } = state;
  const checkReadiness = createReadinessCheck({ ...services, isDatabaseUsable });
  routes.get("/health", (_request, response) => {
    response.json({ status: "ok" });
  });
  routes.get("/ready", async (_request, response) => {
    const readiness = await checkReadiness();
    const isReady = readiness.status === "ready" && !isStopping();
    response.status(isReady ? 200 : 503).json({ ...readiness, status: isReady ? "ready" : "not_ready" });
  });
  return routes;
}
