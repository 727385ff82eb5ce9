import { expect, it } from "vitest";
import { planPushes } from "./plan-pushes.ts";

const devices = [
  { id: "phone", userId: "ada", platform: "apns" as const },
  { id: "tablet", userId: "ada", platform: "fcm" as const },
];
const alert = (priority: number) => ({ id: "n1", priority, round: 0 });
const waits = (priority: number, present: readonly string[]) =>
  planPushes([{ userId: "ada", alert: alert(priority) }], devices, new Set(present), 10_000).map(
    ({ deviceId, waitMs }) => [deviceId, waitMs],
  );

it("goes to every device at once where no screen is open", () => {
  expect(waits(3, [])).toEqual([
    ["phone", 0],
    ["tablet", 0],
  ]);
});

it("waits for the screen where one is open, unless the alert is critical", () => {
  expect(waits(2, ["ada"])).toEqual([
    ["phone", 10_000],
    ["tablet", 10_000],
  ]);
  expect(waits(1, ["ada"])).toEqual([
    ["phone", 0],
    ["tablet", 0],
  ]);
});

it("is none for who has no device", () => {
  expect(planPushes([{ userId: "bob", alert: alert(1) }], devices, new Set(), 10_000)).toEqual([]);
});
