import { realtimeEvents, type RealtimeSummary, type RealtimeWithdrawal } from "@tocsin/contracts/realtime";
import type { DeliveryMessage, DeliveryRequest } from "@tocsin/core/delivery/channel";

/** Pusher's limits: channels of one trigger, events of one batch. https://pusher.com/docs/channels/server_api/http-api/ */
export const maximumChannels = 100;
const maximumBatch = 10;

/** A request to fewer people than this goes into a batch with others: a batch names one channel for each event. */
const smallRequest = 6;

/** One call of Pusher's API, and which of the requests it makes. */
export type PusherCall =
  | { kind: "trigger"; requests: readonly [number]; request: DeliveryRequest }
  | { kind: "batch"; requests: readonly number[]; events: readonly PusherEvent[] };

interface PusherEvent {
  channel: string;
  name: string;
  data: unknown;
}

/** Puts requests into as few calls as Pusher allows: many people of one, or a few people of each of many. */
export function packCalls(requests: readonly DeliveryRequest[]): PusherCall[] {
  const calls: PusherCall[] = [];
  const small: { index: number; events: PusherEvent[] }[] = [];
  requests.forEach((request, index) => {
    const { targets, message } = request;
    if (targets.length === 0) return;
    if (targets.length < smallRequest) {
      small.push({
        index,
        events: targets.map(({ address }) => ({ channel: address, ...eventOf(message) })),
      });
    } else {
      calls.push({ kind: "trigger", requests: [index], request });
    }
  });
  return [...calls, ...packSmall(small)];
}

/** A request is never torn apart: all of its people are told, or none. */
function packSmall(small: readonly { index: number; events: PusherEvent[] }[]): PusherCall[] {
  const calls: { kind: "batch"; requests: number[]; events: PusherEvent[] }[] = [];
  for (const { index, events } of small) {
    const last = calls.at(-1);
    if (last && last.events.length + events.length <= maximumBatch) {
      last.requests.push(index);
      last.events.push(...events);
    } else {
      calls.push({ kind: "batch", requests: [index], events: [...events] });
    }
  }
  return calls;
}

/** A message as clients get it. */
export function eventOf(message: DeliveryMessage): { name: string; data: unknown } {
  switch (message.type) {
    case "alert":
      return {
        name: message.isQuiet ? realtimeEvents.quiet : realtimeEvents.notification,
        data: message.notification,
      };
    case "withdrawal":
      return {
        name: message.reason === "resolved" ? realtimeEvents.resolved : realtimeEvents.acknowledged,
        data: { notificationId: message.notificationId } satisfies RealtimeWithdrawal,
      };
    case "summary":
      return { name: realtimeEvents.summary, data: { count: message.count } satisfies RealtimeSummary };
  }
}
