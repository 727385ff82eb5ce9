import { realtimeEvents, type RealtimeSummary, type RealtimeWithdrawal } from "@tocsin/contracts/realtime";
import type { DeliveryMessage, DeliveryRequest } from "@tocsin/core/delivery/channel";

/** Pusher's limits: channels of one trigger, events of one batch. https://pusher.com/docs/channels/server_api/http-api/ */
export const maximumChannels = 100;
const maximumBatch = 10;

/** A request to fewer people than this goes into a batch with others: a batch names one channel for each event. */
const smallRequest = 6;

/** A request, and its place among those that were asked for. */
export interface PlacedRequest {
  index: number;
  request: DeliveryRequest;
}

/** One call of Pusher's API: a `trigger` of one request for many people, or a `batch` of requests for a few each. */
export interface PusherCall {
  kind: "trigger" | "batch";
  requests: readonly PlacedRequest[];
}

/** Puts requests into as few calls as Pusher allows: many people of one, or a few people of each of many. */
export function packCalls(requests: readonly DeliveryRequest[]): PusherCall[] {
  const placed = requests.map((request, index): PlacedRequest => ({ index, request }));
  const some = placed.filter(({ request }) => request.targets.length > 0);
  const large = some.filter((one) => !isSmall(one));
  return [
    ...large.map((one): PusherCall => ({ kind: "trigger", requests: [one] })),
    ...packSmall(some.filter(isSmall)),
  ];
}

function isSmall({ request }: PlacedRequest): boolean {
  return request.targets.length < smallRequest;
}

/** A request is never torn apart: all of its people are told, or none. */
function packSmall(small: readonly PlacedRequest[]): PusherCall[] {
  const batches: { events: number; requests: PlacedRequest[] }[] = [];
  for (const one of small) {
    const events = one.request.targets.length;
    const last = batches.at(-1);
    if (last && last.events + events <= maximumBatch) {
      last.requests.push(one);
      last.events += events;
    } else {
      batches.push({ events, requests: [one] });
    }
  }
  return batches.map(({ requests }) => ({ kind: "batch", requests }));
}

/** An event of a batch: one channel each. */
interface PusherEvent {
  channel: string;
  name: string;
  data: unknown;
}

/** The events of a batch, one for each person of each request. */
export function eventsOf(requests: readonly PlacedRequest[]): PusherEvent[] {
  return requests.flatMap(({ request: { message, targets } }) =>
    targets.map(({ address }) => ({ channel: address, ...eventOf(message) })),
  );
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
