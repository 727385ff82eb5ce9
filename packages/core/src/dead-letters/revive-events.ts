import type { Transaction } from "@tocsin/db/client";

/** Makes dead events received ones again, as if they had never been tried. */
export async function reviveEvents(tx: Transaction, ids: readonly string[]): Promise<void> {
  await tx.event.updateMany({
    where: { id: { in: [...ids] }, status: "dead" },
    data: { status: "received", attempts: 0, nextAttemptAt: null },
  });
}
