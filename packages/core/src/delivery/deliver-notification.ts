import { newId } from "@tocsin/db/ids";
import type { Pool } from "@tocsin/db/pool";
import { runWithCorrelation } from "@tocsin/platform/correlation";
import type { Logger } from "@tocsin/platform/logger";
import type { Channel, DeliveryOutcome } from "./channel.ts";
import { giveUpDelivery } from "./give-up-delivery.ts";
import { endDelivery, leaseDelivery, type LeasedDelivery, postponeDelivery } from "./lease-delivery.ts";
import { deliveryDelay, maximumDeliveryAttempts } from "./next-delivery.ts";
import { type DeliveryCall, recordDelivery } from "./record-delivery.ts";

export interface DeliveryServices {
  pool: Pool;
  log: Logger;
  clock: () => Date;
  channel: Channel;
}

/** How many calls of one notification are under way at once. */
const concurrentCalls = 4;

/** What came of waking up for a notification; `again` says when to wake up next. Milliseconds. */
export type DeliveryResult = { done: true } | { done: false; again: number };

/**
 * Delivers a notification, if it is due, to all who have not been reached yet: many people a call, a few calls at once.
 * What the provider did not take is due again later; the row says when, so no wake-up needs to survive.
 */
export async function deliverNotification(
  services: DeliveryServices,
  { notificationId }: { notificationId: string },
): Promise<DeliveryResult> {
  const delivery = await leaseDelivery(services.pool, notificationId);
  if (!delivery) return { done: true };
  const correlation = delivery.correlationId === null ? {} : { correlationId: delivery.correlationId };
  return runWithCorrelation(correlation, () => attemptDelivery(services, delivery));
}

async function attemptDelivery(
  services: DeliveryServices,
  delivery: LeasedDelivery,
): Promise<DeliveryResult> {
  const notificationId = delivery.id;
  const recipients = await loadPendingRecipients(services.pool, notificationId);
  if (recipients.length === 0) {
    await endDelivery(services.pool, notificationId);
    return { done: true };
  }
  const calls = await makeCalls(services, delivery, recipients);
  const { attempt } = delivery;
  await recordDelivery(services.pool, { notificationId, attempt, channel: services.channel.name }, calls);

  const failures = calls.flatMap(({ outcome }) => (outcome.status === "transient" ? [outcome] : []));
  const [failure] = failures;
  services.log.info("A delivery was made", {
    notificationId,
    attempt,
    calls: calls.length,
    failures: failures.length,
  });
  if (!failure) return { done: true };
  if (attempt >= maximumDeliveryAttempts) {
    services.log.error("A delivery is given up", { notificationId, attempt, errorCode: failure.errorCode });
    await giveUpDelivery(services.pool, notificationId, failure.errorCode);
    return { done: true };
  }
  const again = deliveryDelay(attempt, longestWait(failures));
  services.log.warn("A delivery failed and is tried again", {
    notificationId,
    attempt,
    again,
    error: failure.message,
  });
  await postponeDelivery(services.pool, notificationId, again);
  return { done: false, again };
}

async function loadPendingRecipients(pool: Pool, notificationId: string): Promise<string[]> {
  const rows = await pool.query<{ userId: string }[]>(
    `SELECT userId FROM notification_recipient
      WHERE notificationId = ? AND delivery = 'pending' AND acknowledgedAt IS NULL AND deletedAt IS NULL
      ORDER BY userId`,
    [notificationId],
  );
  return rows.map(({ userId }) => userId);
}

async function makeCalls(
  { channel, clock }: DeliveryServices,
  delivery: LeasedDelivery,
  recipients: readonly string[],
): Promise<DeliveryCall[]> {
  const { id, eventId, kind, priority, title, sound, createdAt } = delivery;
  const notification = {
    notificationId: id,
    eventId,
    kind,
    priority,
    title,
    sound,
    createdAt: createdAt.toISOString(),
  };
  const calls: DeliveryCall[] = [];
  const chunks = chunk(recipients, channel.maximumRecipients);
  for (const round of chunk(chunks, concurrentCalls)) {
    const made = await Promise.all(
      round.map(async (userIds): Promise<DeliveryCall> => {
        const startedAt = clock();
        const outcome = await channel.deliver({ deliveryId: `${id}-${userIds[0]}`, userIds, notification });
        return { id: newId(), userIds, outcome, startedAt, finishedAt: clock() };
      }),
    );
    calls.push(...made);
  }
  return calls;
}

function chunk<Item>(items: readonly Item[], size: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

function longestWait(failures: readonly Extract<DeliveryOutcome, { status: "transient" }>[]): number | null {
  const waits = failures.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  return waits.length > 0 ? Math.max(...waits) : null;
}
