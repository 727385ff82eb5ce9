import type { Pool } from "@tocsin/db/pool";
import type { Logger } from "@tocsin/platform/logger";
import type { PushPlatform, WakeUps } from "@tocsin/platform/wake-ups";
import type { Channel, DeliveryOutcome } from "../delivery/channel.ts";
import { ageOf, type MeasureDelivery } from "../delivery/measure-delivery.ts";
import { callBudgetOf, jobLeaseMs } from "../delivery/lease.ts";
import { type DeliveryCall, makeCalls } from "../delivery/make-calls.ts";
import { judgePush } from "./judge-push.ts";
import { type LeasedPush, leasePushes, maximumPushes } from "./lease-pushes.ts";
import { loadPushFacts } from "./load-push-facts.ts";
import { logPushes } from "./log-pushes.ts";
import { planPushRequests } from "./plan-push-requests.ts";
import { type GoneDevice, recordPushes, type TriedPush } from "./record-pushes.ts";

/** How long one job goes on. Milliseconds. */
const jobBudgetMs = 10_000;

export interface PushServices {
  pool: Pool;
  log: Logger;
  clock: () => Date;
  wakeUps: WakeUps;
  /** What is missing is not configured. */
  pushChannels: Readonly<Partial<Record<PushPlatform, Channel>>>;
  measure: MeasureDelivery;
}

/**
 * Sends the push notifications of a platform that are due for some notifications, and withdraws those that are over.
 * Each row says what is due on which device; what a provider did not take is due again later.
 */
export async function sendPushes(
  services: PushServices,
  { platform, notificationIds }: { platform: PushPlatform; notificationIds: readonly string[] },
): Promise<void> {
  const channel = services.pushChannels[platform];
  if (!channel) return;
  const endsAt = services.clock().getTime() + jobBudgetMs;
  let mayBeMore = true;
  while (mayBeMore && services.clock().getTime() < endsAt) {
    const pushes = await leasePushes(services.pool, platform, notificationIds);
    if (pushes.length > 0) await sendLeased(services, channel, platform, pushes);
    mayBeMore = pushes.length === maximumPushes;
  }
  if (mayBeMore) await services.wakeUps.push(platform, notificationIds, { delay: 1 });
}

async function sendLeased(
  { pool, log, clock, wakeUps, measure }: PushServices,
  channel: Channel,
  platform: PushPlatform,
  pushes: readonly LeasedPush[],
): Promise<void> {
  const facts = await loadPushFacts(pool, pushes);
  const { requests, refused } = planPushRequests(pushes, facts, channel.maximumTargets);
  const calls = await makeCalls({ channel, clock }, requests, callBudgetOf(jobLeaseMs));

  const outcomes = outcomesByDevice(calls);
  const refusals = new Map(refused.map(({ push, reason }) => [keyOf(push), reason]));
  const tried = pushes.map((push): TriedPush => {
    const reason = refusals.get(keyOf(push));
    if (reason) {
      return { push, verdict: { status: "failed", delay: null, providerId: null, errorCode: reason } };
    }
    return { push, verdict: judgePush(push, outcomes.get(keyOf(push))) };
  });
  const gone = calls.flatMap(goneDevices);
  await recordPushes(pool, platform, { tried, calls, gone });
  for (const { push, verdict } of tried) {
    const alert = facts.alerts.get(push.notificationId);
    if (alert && verdict.status === "accepted") measure(platform, ageOf(alert, clock()));
  }

  logPushes(log, platform, tried, facts.alerts);
  const again = tried.filter(({ verdict }) => verdict.delay !== null);
  if (again.length > 0) {
    const delay = Math.min(...again.map(({ verdict }) => verdict.delay ?? 0));
    await wakeUps.push(platform, [...new Set(again.map(({ push }) => push.notificationId))], { delay });
  }
}

function keyOf({ notificationId, deviceId }: Pick<LeasedPush, "notificationId" | "deviceId">): string {
  return `${notificationId}:${deviceId}`;
}

function outcomesByDevice(calls: readonly DeliveryCall[]): Map<string, DeliveryOutcome> {
  return new Map(
    calls.flatMap(({ notificationId, targets, outcomes }) =>
      targets.flatMap(({ id: deviceId }, index): [string, DeliveryOutcome][] => {
        const outcome = outcomes[index];
        return outcome ? [[keyOf({ notificationId, deviceId }), outcome]] : [];
      }),
    ),
  );
}

function goneDevices({ targets, outcomes }: DeliveryCall): GoneDevice[] {
  return targets.flatMap(({ id }, index) => {
    const outcome = outcomes[index];
    return outcome?.status === "gone" ? [{ id, reason: outcome.errorCode, since: outcome.since }] : [];
  });
}
