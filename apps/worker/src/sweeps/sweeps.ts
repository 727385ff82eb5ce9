import { findDueDeliveries } from "@tocsin/core/delivery/find-due-deliveries";
import { announceEvents } from "@tocsin/core/events/announce-events";
import { findOverdueEvents } from "@tocsin/core/events/find-overdue-events";
import { findDueStorms } from "@tocsin/core/storms/find-due-storms";
import { findOverdueWork } from "@tocsin/core/system/find-overdue-work";
import type { WorkerDeps } from "../deps.ts";
import { type Periodic, runPeriodically } from "./run-periodically.ts";

/** How long after one pass the next one begins. Milliseconds. */
const everyMs = 2_000;

/** How often the tables themselves are asked whether anything was forgotten. Milliseconds. */
const auditEveryMs = 60_000;

/**
 * Repairs what was lost on the way from one step to the next: between a commit and the stream, and between a commit
 * and the queue. What is put back twice is harmless.
 */
export function startSweeps({
  log,
  pool,
  redis,
  deliveries,
  storms,
  bucketChecks,
  metrics,
}: WorkerDeps): Periodic[] {
  return [
    runPeriodically({ log, name: "events", everyMs }, async () => {
      const events = await findOverdueEvents({ pool, redis });
      if (events.length === 0) return;
      await announceEvents(redis, log, events);
      log.info("Events were put back into the stream", { count: events.length });
    }),
    runPeriodically({ log, name: "deliveries", everyMs }, async () => {
      const notificationIds = await findDueDeliveries(pool);
      if (notificationIds.length === 0) return;
      await deliveries.wakeOverdue(notificationIds);
      log.info("Deliveries were woken", { count: notificationIds.length });
    }),
    runPeriodically({ log, name: "storms", everyMs }, async () => {
      const ruleIds = await findDueStorms(pool);
      if (ruleIds.length === 0) return;
      await storms.wakeOverdue(ruleIds);
      log.info("Summaries of storms were woken", { count: ruleIds.length });
    }),
    runPeriodically({ log, name: "bucket checks", everyMs: auditEveryMs }, () => bucketChecks.declare()),
    runPeriodically({ log, name: "audit", everyMs: auditEveryMs }, async () => {
      const overdue = await findOverdueWork(pool);
      metrics.audited(overdue);
      for (const { step, count, oldestId, since } of overdue) {
        if (count > 0) log.error("Accepted work is overdue", { step, count, oldestId, since });
      }
    }),
  ];
}
