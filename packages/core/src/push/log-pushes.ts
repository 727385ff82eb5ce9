import { correlationOf, runWithCorrelation } from "@tocsin/platform/correlation";
import type { Logger } from "@tocsin/platform/logger";
import type { PushPlatform } from "@tocsin/contracts/channels";
import type { PushAlert } from "./load-push-facts.ts";
import type { TriedPush } from "./record-pushes.ts";

/**
 * Writes down how a try of some push notifications went: for each notification one line for all devices that took it,
 * one for those that are tried again, and one for those that are given up; under the id of the request that its event
 * came with.
 */
export function logPushes(
  log: Logger,
  platform: PushPlatform,
  tried: readonly TriedPush[],
  alerts: ReadonlyMap<string, PushAlert>,
): void {
  for (const [notificationId, own] of Map.groupBy(tried, ({ push }) => push.notificationId)) {
    runWithCorrelation(correlationOf(alerts.get(notificationId)), () =>
      logNotification(log, { notificationId, platform }, own),
    );
  }
}

function logNotification(
  log: Logger,
  facts: { notificationId: string; platform: PushPlatform },
  tried: readonly TriedPush[],
): void {
  const byStatus = Map.groupBy(tried, ({ verdict }) => verdict.status);
  const [sent, withdrawn] = [byStatus.get("accepted"), byStatus.get("withdrawn")];
  const failed = byStatus.get("failed");
  const notDone = Map.groupBy(byStatus.get("pending") ?? [], ({ verdict }) => verdict.isTry);
  const [again, waiting] = [notDone.get(true), notDone.get(false)];
  if (sent) log.info("Push notifications were sent", { ...facts, devices: sent.length });
  if (withdrawn) log.info("Push notifications were withdrawn", { ...facts, devices: withdrawn.length });
  if (again) log.warn("Push notifications failed and are tried again", { ...facts, ...troubleOf(again) });
  if (waiting) log.info("Push notifications wait for their provider", { ...facts, ...troubleOf(waiting) });
  if (failed) log.warn("Push notifications are given up", { ...facts, ...troubleOf(failed) });
}

function troubleOf(tried: readonly TriedPush[]): { devices: number; errorCodes: string[] } {
  return {
    devices: tried.length,
    errorCodes: [...new Set(tried.flatMap(({ verdict }) => verdict.errorCode ?? []))],
  };
}
