import { expect, it } from "vitest";
import { formatArrival } from "./format-arrival.ts";

const alert = {
  notificationId: "n",
  eventId: "e",
  priority: 1,
  title: "Transfer failed",
  sound: "alarm.mp3",
};

it("shows latency, priority, title and sound in one line", () => {
  expect(formatArrival({ alert, latencyMs: 12.4 })).toBe(
    `  12 ms  P1  ${"Transfer failed".padEnd(60)}  ♪ alarm.mp3`,
  );
});

it("keeps control characters of a title from the terminal and cuts a long one between characters", () => {
  const line = formatArrival({ alert: { ...alert, title: "a\u001B[2J\nb", sound: null }, latencyMs: 1 });
  expect(line).toBe("   1 ms  P1  a [2J b");
  const long = formatArrival({ alert: { ...alert, title: "👩‍👩‍👧".repeat(61), sound: null }, latencyMs: 1 });
  expect(long).toBe(`   1 ms  P1  ${"👩‍👩‍👧".repeat(59)}…`);
});
