import { expect, it } from "vitest";
import { createArrivals } from "./arrivals.ts";
import type { Arrival } from "./arrivals.ts";

function alert(notificationId: string, eventId: string | null) {
  return { notificationId, eventId, priority: 1, title: "t", sound: null };
}

it("measures from sending to arrival, whichever of the two is known first", () => {
  const seen: Arrival[] = [];
  const arrivals = createArrivals((arrival) => seen.push(arrival));
  arrivals.noteSent("e1", 100);
  arrivals.noteAlert(alert("n1", "e1"), 130);
  arrivals.noteAlert(alert("n2", "e2"), 150);
  arrivals.noteAlert(alert("n3", "e2"), 160);
  expect(seen).toHaveLength(1);
  arrivals.noteSent("e2", 110);
  expect(seen.map(({ alert: { notificationId }, latencyMs }) => [notificationId, latencyMs])).toEqual([
    ["n1", 30],
    ["n2", 40],
    ["n3", 50],
  ]);
});

it("counts an alert that is delivered twice once", () => {
  const seen: Arrival[] = [];
  const arrivals = createArrivals((arrival) => seen.push(arrival));
  arrivals.noteSent("e1", 100);
  arrivals.noteAlert(alert("n1", "e1"), 130);
  arrivals.noteAlert(alert("n1", "e1"), 140);
  expect(seen).toHaveLength(1);
  expect(arrivals.list().get("n1")?.latencyMs).toBe(30);
});

it("ignores alerts for events of others", () => {
  const arrivals = createArrivals(() => undefined);
  arrivals.noteAlert(alert("n1", null), 1);
  arrivals.noteAlert(alert("n2", "of another"), 1);
  expect(arrivals.list().size).toBe(0);
});
