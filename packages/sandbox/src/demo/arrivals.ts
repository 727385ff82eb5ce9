import type { Alert } from "./listen-for-alerts.ts";

/** An alert for one of our events. */
export interface Arrival {
  alert: Alert;
  /** From just before the event was sent until the alert was there (ms). */
  latencyMs: number;
}

/**
 * Brings alerts and the events that raised them together, whichever is known first: an alert may arrive before the
 * API's answer has told the event's id.
 */
export interface Arrivals {
  noteSent(eventId: string, sentAt: number): void;
  noteAlert(alert: Alert, arrivedAt: number): void;
  /** The first arrival of each notification, by its id. */
  list(): ReadonlyMap<string, Arrival>;
}

/** @param onArrival called once for each notification, with the latency in milliseconds. */
export function createArrivals(onArrival: (arrival: Arrival) => void): Arrivals {
  const sentAtOf = new Map<string, number>();
  const waiting = new Map<string, { alert: Alert; arrivedAt: number }[]>();
  const arrivals = new Map<string, Arrival>();

  const add = (alert: Alert, latencyMs: number): void => {
    // Pusher delivers at least once.
    if (arrivals.has(alert.notificationId)) return;
    const arrival = { alert, latencyMs };
    arrivals.set(alert.notificationId, arrival);
    onArrival(arrival);
  };

  return {
    noteSent(eventId, sentAt) {
      sentAtOf.set(eventId, sentAt);
      for (const { alert, arrivedAt } of waiting.get(eventId) ?? []) add(alert, arrivedAt - sentAt);
      waiting.delete(eventId);
    },
    noteAlert(alert, arrivedAt) {
      const { eventId } = alert;
      if (eventId === null) return;
      const sentAt = sentAtOf.get(eventId);
      if (sentAt !== undefined) add(alert, arrivedAt - sentAt);
      else waiting.set(eventId, [...(waiting.get(eventId) ?? []), { alert, arrivedAt }]);
    },
    list: () => arrivals,
  };
}
