import { chunks } from "@tocsin/db/chunks";
import type { DeliveryMessage, DeliveryTarget } from "../delivery/channel.ts";
import { deliveryIdOf } from "../delivery/delivery-id.ts";
import { alertMessage, type PlannedRequest } from "../delivery/plan-requests.ts";
import type { LeasedPush } from "./lease-pushes.ts";
import { type PushAlert, type PushDevice, type PushFacts, tellingOf } from "./load-push-facts.ts";

/** What stands on the lock screen instead of an alert. */
export const lockedTitle = "Log in to see this alert";

/** Why a push notification is not sent any more. */
export type PushRefusal = "device_gone" | "no_access" | "alert_over";

export interface PushPlan {
  requests: PlannedRequest[];
  /** Those that are not to be sent. */
  refused: { push: LeasedPush; reason: PushRefusal }[];
}

/** The requests for some push notifications: one for all devices that get the same. */
export function planPushRequests(
  pushes: readonly LeasedPush[],
  { devices, alerts, mayBeTold }: PushFacts,
  maximumTargets: number,
): PushPlan {
  const sendable: { push: LeasedPush; device: PushDevice; alert: PushAlert }[] = [];
  const refused: PushPlan["refused"] = [];
  for (const push of pushes) {
    const device = devices.get(push.deviceId);
    const alert = alerts.get(push.notificationId);
    // A device that has another owner by now must not tell them of this alert.
    if (!device || device.userId !== push.userId) refused.push({ push, reason: "device_gone" });
    else if (push.status === "pending" && !mayBeTold.has(tellingOf(push)))
      refused.push({ push, reason: "no_access" });
    else if (!alert || (push.status === "pending" && isOver(alert)))
      refused.push({ push, reason: "alert_over" });
    else sendable.push({ push, device, alert });
  }
  const groups = Map.groupBy(sendable, ({ push, device }) =>
    [push.notificationId, push.status, device.isUnproven].join(":"),
  );
  const requests = [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { push, alert, device } = first;
    const full = push.status === "pending" ? alertMessage(alert, false) : withdrawal(alert);
    const message = device.isUnproven ? withoutContent(full) : full;
    return chunks(group, maximumTargets).map((some) => ({
      notificationId: push.notificationId,
      request: { message, targets: some.map((one) => targetOf(one.push, one.device)) },
    }));
  });
  return { requests, refused };
}

/** What a device is told whose app has to prove itself again. */
function withoutContent(message: DeliveryMessage): DeliveryMessage {
  if (message.type !== "alert") return message;
  const notification = { ...message.notification, title: lockedTitle };
  return { ...message, message: "", notification };
}

function isOver({ isAcknowledged, isResolved, isExpired }: PushAlert): boolean {
  return Boolean(isAcknowledged || isResolved || isExpired);
}

function withdrawal({ id, isResolved, isAcknowledged }: PushAlert): DeliveryMessage {
  const ended = isAcknowledged ? "acknowledged" : "read";
  return { type: "withdrawal", notificationId: id, reason: isResolved ? "resolved" : ended };
}

function targetOf({ notificationId, round }: LeasedPush, device: PushDevice): DeliveryTarget {
  return {
    id: device.id,
    address: device.token,
    deliveryId: deliveryIdOf(notificationId, device.id, round),
    environment: device.environment,
    ...(device.topic !== null && { topic: device.topic }),
  };
}
