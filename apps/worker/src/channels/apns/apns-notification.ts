import type { DeliveryMessage, DeliveryTarget } from "@tocsin/core/delivery/channel";
import { Notification } from "apn";
import { bannerOf, pushDataOf } from "../push-data.ts";

const critical = 1;

/** https://developer.apple.com/documentation/usernotifications/unnotificationinterruptionlevel */
const interruptionLevels = ["critical", "time-sensitive", "active", "passive", "passive"] as const;

/** A message as APNs takes it. https://developer.apple.com/documentation/usernotifications/generating-a-remote-notification */
export function apnsNotification(
  message: DeliveryMessage,
  { deliveryId, topic }: DeliveryTarget,
  defaultTopic: string,
): Notification {
  const notification = new Notification();
  notification.id = deliveryId;
  notification.topic = topic ?? defaultTopic;
  const banner = bannerOf(message);
  const data = pushDataOf(message, deliveryId);
  if (!banner) {
    notification.pushType = "background";
    notification.priority = 5;
    notification.rawPayload = { aps: { "content-available": 1 }, ...data };
    return notification;
  }
  notification.pushType = "alert";
  notification.priority = 10;
  // One with the same id takes the other's place: a repetition does not pile up.
  notification.collapseId = message.type === "alert" ? message.notification.notificationId : "summary";
  notification.rawPayload = { aps: { alert: banner, ...interruptionOf(message) }, ...data };
  return notification;
}

function interruptionOf(message: DeliveryMessage): object {
  if (message.type !== "alert") return {};
  if (message.isQuiet) return { "interruption-level": "passive" };
  const { priority, sound } = message.notification;
  const name = sound ?? "default";
  return {
    sound: priority === critical ? { critical: 1, name, volume: 1 } : name,
    "interruption-level": interruptionLevels[priority - 1] ?? "active",
  };
}
