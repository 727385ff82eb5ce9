import { deepLinkTo, type PushData } from "@tocsin/contracts/push";
import type { DeliveryMessage } from "@tocsin/core/delivery/channel";

/** What an app is told of a message. */
export function pushDataOf(message: DeliveryMessage, deliveryId: string): PushData {
  switch (message.type) {
    case "alert": {
      const { notificationId, kind, priority } = message.notification;
      const deepLink = deepLinkTo(notificationId);
      return { type: "alert", notificationId, deliveryId, kind, priority: String(priority), deepLink };
    }
    case "withdrawal": {
      const { notificationId, reason } = message;
      return { type: "withdrawal", notificationId, deliveryId, reason };
    }
    case "summary":
      return { type: "summary", deliveryId, count: String(message.count) };
  }
}

/** What stands on the lock screen; null: nothing. Providers refuse more than 4 kB: the text gives way to the rest. */
export function bannerOf(message: DeliveryMessage): { title: string; body: string } | null {
  switch (message.type) {
    case "alert":
      return { title: message.notification.title, body: cutToBytes(message.message, maximumBodyBytes) };
    case "summary":
      return { title: message.title, body: "Open the app to see them." };
    case "withdrawal":
      return null;
  }
}

/** With a title of 255 characters of four bytes each, and everything else, still less than 4 kB. As JSON, escaped. */
const maximumBodyBytes = 1_500;

/** The text cut so that it has at most so many bytes as JSON, with … at its end where something is missing. */
export function cutToBytes(text: string, maximum: number): string {
  if (jsonBytes(text) <= maximum) return text;
  let bytes = jsonBytes("…");
  let cut = "";
  for (const point of text) {
    bytes += jsonBytes(point);
    if (bytes > maximum) break;
    cut += point;
  }
  return `${cut}…`;
}

function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text)) - 2;
}
