import { correlationOf, runWithCorrelation } from "@tocsin/platform/correlation";
import { decideInterruptions, type InterruptionServices } from "../interruptions/decide-interruptions.ts";
import { createPushes, type PushPlanServices } from "../push/create-pushes.ts";
import type { Channel } from "./channel.ts";
import { endDeliveries } from "./end-deliveries.ts";
import { judgeDelivery } from "./judge-delivery.ts";
import { keepLease } from "./keep-lease.ts";
import { leaseDeliveries } from "./lease-deliveries.ts";
import type { LeasedDeliveries, LeasedDelivery } from "./load-leased.ts";
import { makeCalls } from "./make-calls.ts";
import { ageOf, type MeasureDelivery } from "./measure-delivery.ts";
import { planRequests, screenDeliveryIdOf } from "./plan-requests.ts";
import { prolongLease } from "./prolong-lease.ts";
import { recordDeliveries, type TriedDelivery } from "./record-deliveries.ts";

export interface DeliveryServices extends InterruptionServices, PushPlanServices {
  /** The people's screens. */
  channel: Channel;
  measure: MeasureDelivery;
}

/** A delivery that is to be tried again. Milliseconds. */
export interface DeliveryToRepeat {
  notificationId: string;
  delay: number;
}

/** Delivers those of the notifications that are due, as {@link deliverLeased} does. */
export async function deliverNotifications(
  services: DeliveryServices,
  { notificationIds }: { notificationIds: readonly string[] },
): Promise<DeliveryToRepeat[]> {
  return deliverLeased(services, await leaseDeliveries(services, notificationIds));
}

/**
 * Delivers notifications that this worker holds to all who have not been reached yet, together: it is decided who is
 * interrupted, phones are told when to ring, screens are called, and it is written down. What a provider did not take is
 * due again later; the row says when, so no wake-up needs to survive. What was over by the time it was shown is taken away.
 */
export async function deliverLeased(
  services: DeliveryServices,
  { deliveries, overIds, excluded, devices, lease, ...leased }: LeasedDeliveries,
): Promise<DeliveryToRepeat[]> {
  const { pool, channel } = services;
  await endDeliveries(pool, overIds);
  if (deliveries.length === 0) return [];
  const recipients = await decideInterruptions(services, deliveries, leased.recipients);
  await createPushes(services, deliveries, recipients, devices);
  const planned = planRequests(deliveries, recipients, channel.maximumTargets);
  const ids = deliveries.map(({ id }) => id);
  const prolong = async () =>
    new Set(
      (await prolongLease(pool, "delivery", { lease, ids })).map(({ id, round }) =>
        screenDeliveryIdOf(id, round),
      ),
    );
  const calls = await keepLease(
    { lease, name: "delivery to screens", log: services.log },
    prolong,
    (mayCall) => makeCalls(services, planned, mayCall),
  );

  const callsOf = Map.groupBy(calls, ({ notificationId }) => notificationId);
  const excludedOf = Map.groupBy(excluded, ({ notificationId }) => notificationId);
  const toldIds = new Set(leased.recipients.map(({ notificationId }) => notificationId));
  const tried = deliveries.map((delivery) => {
    const own = callsOf.get(delivery.id) ?? [];
    return {
      ...{ delivery, calls: own, verdict: judgeDelivery(delivery.attempt, own) },
      excluded: excludedOf.get(delivery.id) ?? [],
      isForNobody: excludedOf.has(delivery.id) && !toldIds.has(delivery.id),
    };
  });
  const { recorded, overIds: shownTooLate } = await recordDeliveries(
    pool,
    { channel: channel.name, lease },
    tried,
  );
  if (shownTooLate.length > 0) await services.wakeUps.withdraw(shownTooLate);
  for (const one of recorded) {
    logDelivery(services, one);
    if (one.verdict.next === "done" && one.calls.length > 0)
      services.measure(channel.name, ageOf(one.delivery, services.clock()));
  }
  return recorded.flatMap(({ delivery, verdict }) =>
    verdict.next === "again" ? [{ notificationId: delivery.id, delay: verdict.delay }] : [],
  );
}

function logDelivery(
  { log, channel }: DeliveryServices,
  { delivery, calls, verdict, isForNobody }: TriedDelivery & { delivery: LeasedDelivery },
): void {
  const { id: notificationId, attempt } = delivery;
  const facts = { notificationId, channel: channel.name, attempt, calls: calls.length };
  runWithCorrelation(correlationOf(delivery), () => {
    if (isForNobody) log.error("Nobody who was alerted may be told any more", facts);
    else if (verdict.next === "done") log.info("A delivery was made", facts);
    if (verdict.next === "again") log.warn("A delivery failed and is tried again", { ...facts, ...verdict });
    if (verdict.next === "give up") log.error("A delivery is given up", { ...facts, ...verdict });
  });
}
