import type { Pool } from "@tocsin/db/pool";
import type { Logger } from "@tocsin/platform/logger";
import type { PushPlatform } from "@tocsin/contracts/channels";
import type { WakeUps } from "@tocsin/platform/wake-ups";
import type { Channel, DeliveryOutcome } from "../delivery/channel.ts";
import { ageOf, type MeasureDelivery } from "../delivery/measure-delivery.ts";
import { keepLease } from "../delivery/keep-lease.ts";
import { jobLeaseMs, type Lease, newLease } from "../delivery/lease.ts";
import { type DeliveryCall, makeCalls, notCalled } from "../delivery/make-calls.ts";
import { judgePush, refusedPush } from "./judge-push.ts";
import { type LeasedPush, leasePushes, maximumPushes, prolongPushes } from "./lease-pushes.ts";
import { loadPushFacts } from "./load-push-facts.ts";
import { logPushes } from "./log-pushes.ts";
import { planPushRequests } from "./plan-push-requests.ts";
import { type GoneDevice, recordPushes, type TriedPush } from "./record-pushes.ts";

/** After how long one job begins with no more of them. Milliseconds. */
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
  const endsAt = performance.now() + jobBudgetMs;
  let mayBeMore = true;
  while (mayBeMore && performance.now() < endsAt) {
    const lease = newLease(jobLeaseMs);
    const pushes = await leasePushes(services.pool, lease, { platform, notificationIds });
    if (pushes.length > 0) await sendLeased(services, channel, { platform, lease }, pushes);
    mayBeMore = pushes.length === maximumPushes;
  }
  if (mayBeMore) await services.wakeUps.push(platform, notificationIds, { delay: 1 });
}

async function sendLeased(
  { pool, log, clock, wakeUps, measure }: PushServices,
  channel: Channel,
  { platform, lease }: { platform: PushPlatform; lease: Lease },
  pushes: readonly LeasedPush[],
): Promise<void> {
  const facts = await loadPushFacts(pool, pushes);
  const { requests, refused } = planPushRequests(pushes, facts, channel.maximumTargets);
  const prolong = () => prolongPushes(pool, lease, pushes);
  const calls = await keepLease({ lease, name: `push by ${platform}`, log }, prolong, (mayCall) =>
    makeCalls({ channel, clock }, requests, mayCall),
  );

  const outcomes = outcomesByDevice(calls);
  const refusals = new Map(refused.map(({ push, reason }) => [keyOf(push), reason]));
  const tried = pushes.map((push): TriedPush => {
    const reason = refusals.get(keyOf(push));
    const outcome = outcomes.get(keyOf(push)) ?? notCalled;
    return { push, verdict: reason === undefined ? judgePush(push, outcome) : refusedPush(reason) };
  });
  const gone = calls.flatMap(goneDevices);
  const toWithdraw = await recordPushes(pool, { platform, lease }, { tried, calls, gone });
  for (const { push, verdict } of tried) {
    const alert = facts.alerts.get(push.notificationId);
    if (alert && verdict.status === "accepted") measure(platform, ageOf(alert, clock()));
  }

  logPushes(log, platform, tried, facts.alerts);
  if (toWithdraw.length > 0) await wakeUps.push(platform, notificationIdsOf(toWithdraw), { delay: 1 });
  const again = tried.filter(({ verdict }) => verdict.delay !== null);
  if (again.length > 0) {
    const delay = Math.min(...again.map(({ verdict }) => verdict.delay ?? 0));
    await wakeUps.push(platform, notificationIdsOf(again.map(({ push }) => push)), { delay });
  }
}

function notificationIdsOf(pushes: readonly LeasedPush[]): string[] {
  return [...new Set(pushes.map(({ notificationId }) => notificationId))];
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
