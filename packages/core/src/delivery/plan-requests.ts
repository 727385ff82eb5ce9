import { screenChannel } from "@tocsin/contracts/channels";
import { userChannel } from "@tocsin/contracts/realtime";
import { chunks } from "@tocsin/db/chunks";
import type { DeliveryMessage, DeliveryRequest } from "./channel.ts";
import { deliveryIdOf } from "./delivery-id.ts";
import type { LeasedDelivery } from "./load-leased.ts";
import type { PendingRecipient } from "./load-pending-recipients.ts";

/** The delivery id of an alert on screens: one publication is for many people. */
export function screenDeliveryIdOf(notificationId: string, round: number): string {
  return deliveryIdOf(notificationId, screenChannel, round);
}

/** A request, and which delivery it is part of. */
export interface PlannedRequest {
  notificationId: string;
  request: DeliveryRequest;
}

/**
 * The requests that tell these people of these notifications on their screens: one for all who hear it, one for all who
 * only see it, cut to what one request may hold.
 */
export function planRequests(
  deliveries: readonly LeasedDelivery[],
  recipients: readonly PendingRecipient[],
  maximumTargets: number,
): PlannedRequest[] {
  const recipientsOf = Map.groupBy(recipients, ({ notificationId }) => notificationId);
  return deliveries.flatMap((delivery) => {
    const own = recipientsOf.get(delivery.id) ?? [];
    return [false, true].flatMap((isQuiet) => {
      const some = own.filter(({ heldReason }) => (heldReason !== null) === isQuiet);
      const message = alertMessage(delivery, isQuiet);
      const deliveryId = message.notification.deliveryId;
      return chunks(some, maximumTargets).map((group) => ({
        notificationId: delivery.id,
        request: {
          message,
          targets: group.map(({ userId }) => ({ id: userId, address: userChannel(userId), deliveryId })),
        },
      }));
    });
  });
}

/** What an alert says on every channel. */
export function alertMessage(
  delivery: Omit<LeasedDelivery, "correlationId" | "attempt">,
  isQuiet: boolean,
): Extract<DeliveryMessage, { type: "alert" }> {
  const { id, eventId, kind, priority, title, message, sound, createdAt, round } = delivery;
  return {
    type: "alert",
    isQuiet,
    message,
    notification: {
      notificationId: id,
      deliveryId: screenDeliveryIdOf(id, round),
      eventId,
      kind,
      priority,
      title,
      sound: isQuiet ? null : sound,
      createdAt: createdAt.toISOString(),
    },
  };
}
