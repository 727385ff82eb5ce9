import type { Pool } from "@tocsin/db/pool";
import type { Logger } from "@tocsin/platform/logger";
import type { Redis } from "ioredis";
import type { LeasedDelivery } from "../delivery/load-leased.ts";
import type { PendingRecipient } from "../delivery/load-pending-recipients.ts";
import { countInterruptions, type InterruptionLimits, interruptionWindowMs } from "./count-interruptions.ts";
import { type HeldCopy, holdInterruptions } from "./hold-interruptions.ts";
import { alwaysInterrupts, whyHeld } from "./why-held.ts";

export interface InterruptionServices {
  pool: Pool;
  redis: Redis;
  log: Logger;
  clock: () => Date;
  interruptionLimits: InterruptionLimits;
}

/**
 * Decides who is interrupted and who is only told: first by each person's wishes, then by how often they were
 * interrupted lately. Written down before anybody is called, so that it stays decided. The inbox has the alert anyway.
 * @returns the recipients, those that are spared with the reason
 */
export async function decideInterruptions(
  services: InterruptionServices,
  deliveries: readonly LeasedDelivery[],
  recipients: readonly PendingRecipient[],
): Promise<PendingRecipient[]> {
  const alerts = new Map(deliveries.map((delivery) => [delivery.id, delivery]));
  const undecided = recipients.flatMap((recipient) => {
    const alert = alerts.get(recipient.notificationId);
    const isOpen = alert && recipient.heldReason === null && !alwaysInterrupts(alert);
    return isOpen ? [{ ...recipient, alert }] : [];
  });
  if (undecided.length === 0) return [...recipients];

  const now = services.clock();
  const unwanted = undecided.flatMap(({ alert, userId, notificationId, wishes }): HeldCopy[] => {
    const hold = wishes && whyHeld(alert, wishes, now);
    return hold ? [{ userId, notificationId, hold }] : [];
  });
  const unwantedKeys = new Set(unwanted.map(keyOf));
  const wanted = undecided.filter((copy) => !unwantedKeys.has(keyOf(copy)));
  const allowed = await countInterruptions(services, services.interruptionLimits, wanted);
  const tooMany = wanted.flatMap(({ userId, notificationId }, index): HeldCopy[] => {
    if (allowed[index]) return [];
    const summaryAt = new Date(now.getTime() + interruptionWindowMs);
    return [{ userId, notificationId, hold: { reason: "rate_limited", summaryAt } }];
  });

  const held = [...unwanted, ...tooMany];
  await holdInterruptions(services.pool, held);
  const reasons = new Map(held.map((copy) => [keyOf(copy), copy.hold.reason]));
  return recipients.map((recipient) => ({
    ...recipient,
    heldReason: reasons.get(keyOf(recipient)) ?? recipient.heldReason,
  }));
}

function keyOf({ notificationId, userId }: { notificationId: string; userId: string }): string {
  return `${notificationId}:${userId}`;
}
