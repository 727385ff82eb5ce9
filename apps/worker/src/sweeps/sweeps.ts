import { findDueDeliveries } from "@tocsin/core/delivery/find-due-deliveries";
import { findDueWithdrawals } from "@tocsin/core/delivery/find-due-withdrawals";
import { escalateDue } from "@tocsin/core/escalation/escalate-due";
import { announceEvents } from "@tocsin/core/events/announce-events";
import { findOverdueEvents } from "@tocsin/core/events/find-overdue-events";
import { fanOutDue } from "@tocsin/core/fanout/fan-out-due";
import { findDuePushes } from "@tocsin/core/push/find-due-pushes";
import { reconcilePresence } from "@tocsin/core/presence/reconcile-presence";
import { reconcileInboxes } from "@tocsin/core/notifications/reconcile-inboxes";
import { findDueTellings, tellRecipients } from "@tocsin/core/notifications/tell-recipients";
import { endDueScreens } from "@tocsin/core/realtime/end-screens";
import { renewSyncEpoch } from "@tocsin/core/notifications/renew-sync-epoch";
import { runRetention } from "@tocsin/core/retention/run-retention";
import { deleteOrphanObjects } from "@tocsin/core/sounds/orphan-objects";
import { findDueStorms } from "@tocsin/core/storms/find-due-storms";
import { sendSummaries } from "@tocsin/core/summaries/send-summaries";
import type { WorkerDeps } from "../deps.ts";
import { audit } from "./audit.ts";
import { type Periodic, runPeriodically } from "./run-periodically.ts";

/** How long after one pass the next one begins. Milliseconds. */
const everyMs = 2_000;

/** How often alerts to very many people are looked for: nothing else begins to write their copies. Milliseconds. */
const fanOutEveryMs = 500;

/** How often Pusher is asked who has a screen open: its news of it may get lost. Milliseconds. */
const presenceEveryMs = 30_000;

/** How often the tables themselves are asked whether anything was forgotten. Milliseconds. */
const auditEveryMs = 60_000;

/** How often what was kept long enough is looked for: often, so that little of it is there at a time. Milliseconds. */
const retentionEveryMs = 600_000;

/**
 * Repairs what was lost on the way from one step to the next: between a commit and the stream, and between a commit
 * and the queue. What is put back twice is harmless.
 */
export function startSweeps(deps: WorkerDeps): Periodic[] {
  const { log, pool, redis, objects, wakeUps, storms, bucketChecks, metrics } = deps;
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
      await wakeUps.deliver(notificationIds, { isOverdue: true });
      log.info("Deliveries were woken", { count: notificationIds.length });
    }),
    runPeriodically({ log, name: "withdrawals", everyMs }, async () => {
      const notificationIds = await findDueWithdrawals(pool);
      if (notificationIds.length === 0) return;
      await wakeUps.withdraw(notificationIds, { isOverdue: true });
      log.info("Withdrawals were woken", { count: notificationIds.length });
    }),
    runPeriodically({ log, name: "tellings", everyMs }, async () => {
      const count = await tellRecipients(pool, await findDueTellings(pool));
      if (count > 0) log.info("Inboxes were told of changed alerts", { count });
    }),
    ...deps.pushPlatforms.map((platform) =>
      runPeriodically({ log, name: `${platform} pushes`, everyMs }, async () => {
        const notificationIds = await findDuePushes(pool, platform);
        if (notificationIds.length === 0) return;
        await wakeUps.push(platform, notificationIds, { isOverdue: true });
        log.info("Push notifications were woken", { platform, count: notificationIds.length });
      }),
    ),
    runPeriodically({ log, name: "fan-outs", everyMs: fanOutEveryMs }, async (signal) => {
      for await (const notificationId of fanOutDue(pool, signal)) await wakeUps.deliver([notificationId]);
    }),
    runPeriodically({ log, name: "escalations", everyMs }, async () => {
      const notificationIds = await escalateDue(deps);
      if (notificationIds.length > 0) await wakeUps.deliver(notificationIds);
    }),
    runPeriodically({ log, name: "storms", everyMs }, async () => {
      const ruleIds = await findDueStorms(pool);
      if (ruleIds.length === 0) return;
      await storms.wakeOverdue(ruleIds);
      log.info("Summaries of storms were woken", { count: ruleIds.length });
    }),
    runPeriodically({ log, name: "summaries", everyMs }, async () => {
      await sendSummaries(deps);
    }),
    runPeriodically({ log, name: "sync epoch", everyMs }, async () => {
      if (!(await renewSyncEpoch(deps, deps.retention))) return;
      log.error("The database was put back to an earlier state: every app loads its inbox anew");
    }),
    runPeriodically({ log, name: "screens", everyMs }, async () => {
      const count = await endDueScreens(pool, deps.terminateUser);
      if (count > 0) log.info("Screens of people whose access ended were cut off", { count });
    }),
    runPeriodically({ log, name: "presence", everyMs: presenceEveryMs }, async () => {
      await reconcilePresence(deps, deps.listOpenChannels, presenceEveryMs);
    }),
    runPeriodically({ log, name: "sounds", everyMs }, async () => {
      const count = await deleteOrphanObjects({ pool, objects, log });
      if (count > 0) log.info("Objects that no sound has were deleted", { count });
    }),
    runPeriodically({ log, name: "bucket checks", everyMs: auditEveryMs }, () => bucketChecks.declare()),
    runPeriodically({ log, name: "inboxes", everyMs: auditEveryMs }, async () => {
      const { checked, mended } = await reconcileInboxes(pool);
      metrics.inboxesReconciled({ checked, mended: mended.length });
      for (const inbox of mended) log.error("An inbox kept wrong counts; they are mended", { ...inbox });
    }),
    runPeriodically({ log, name: "audit", everyMs: auditEveryMs }, () => audit({ pool, log, metrics })),
    runPeriodically({ log, name: "retention", everyMs: retentionEveryMs }, async (signal) => {
      const report = await runRetention({ pool, policy: deps.retention }, { signal });
      const rows = Object.fromEntries([...(report ?? [])].filter(([, count]) => count > 0));
      if (Object.keys(rows).length > 0) log.info("What was kept long enough was deleted", { rows });
    }),
  ];
}
