import type { Channel, DeliveryOutcome } from "@tocsin/core/delivery/channel";
import { realtimeEvents, userChannel } from "@tocsin/contracts/realtime";
import { createPusher, type PusherOptions } from "@tocsin/platform/pusher";
import Pusher from "pusher";

/** Pusher's limit for one trigger. https://pusher.com/docs/channels/server_api/http-api/ */
const maximumChannels = 100;

/** How long Pusher may take for a call. Milliseconds. */
const timeoutMs = 5_000;

/** Alerts on screen: one trigger for up to a hundred private channels. */
export function createPusherChannel(options: Omit<PusherOptions, "timeoutMs">): Channel {
  const pusher = createPusher({ ...options, timeoutMs });
  return {
    name: "pusher",
    maximumRecipients: maximumChannels,
    async deliver({ userIds, notification }) {
      try {
        await pusher.trigger(userIds.map(userChannel), realtimeEvents.notification, notification);
        return { status: "accepted", providerId: null };
      } catch (error) {
        return toOutcome(error);
      }
    },
  };
}

/** Only a request that Pusher will never take is final; a wrong key may be put right while we try again. */
function toOutcome(error: unknown): DeliveryOutcome {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof Pusher.RequestError) || error.status === undefined) {
    return { status: "transient", errorCode: "network", message, retryAfterMs: null };
  }
  const errorCode = `http_${error.status}`;
  if (error.status === 400 || error.status === 413) return { status: "permanent", errorCode, message };
  return { status: "transient", errorCode, message, retryAfterMs: null };
}
