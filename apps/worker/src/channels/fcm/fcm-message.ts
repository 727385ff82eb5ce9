import type { DeliveryMessage, DeliveryTarget } from "@tocsin/core/delivery/channel";
import type { Message } from "firebase-admin/messaging";
import { bannerOf, pushDataOf } from "../push-data.ts";

/** Messages of these weights wake a sleeping phone: 1 critical, 2 high. */
const urgent = 2;

/** A message as FCM takes it. https://firebase.google.com/docs/reference/fcm/rest/v1/projects.messages */
export function fcmMessage(
  message: DeliveryMessage,
  { address, deliveryId }: DeliveryTarget,
): Extract<Message, { token: string }> {
  const banner = bannerOf(message);
  const data = pushDataOf(message, deliveryId);
  if (message.type !== "alert" || !banner) {
    return { token: address, data, ...(banner && { notification: banner }), android: { priority: "normal" } };
  }
  const { notificationId, priority, sound } = message.notification;
  return {
    token: address,
    data,
    notification: banner,
    android: {
      priority: priority <= urgent ? "high" : "normal",
      collapseKey: notificationId,
      notification: {
        // One with the same tag takes the other's place: a repetition does not pile up.
        tag: notificationId,
        channelId: message.isQuiet ? "alerts-quiet" : `alerts-${priority}`,
        ...(!message.isQuiet && { sound: soundOf(sound) }),
      },
    },
  };
}

/** Android knows bundled sounds by their names, without the ending. */
function soundOf(sound: string | null): string {
  return sound === null ? "default" : sound.replace(/\.\w+$/, "");
}
