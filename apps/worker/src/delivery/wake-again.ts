import type { DeliveryToRepeat } from "@tocsin/core/delivery/deliver-notifications";
import type { WakeUps } from "@tocsin/platform/wake-ups";

/** Wakes what is to be tried again, each at its own time. */
export async function wakeAgain(
  wakeUps: WakeUps,
  what: "deliver" | "withdraw",
  again: readonly DeliveryToRepeat[],
): Promise<void> {
  await Promise.all(again.map(({ notificationId, delay }) => wakeUps[what]([notificationId], { delay })));
}
