import type { Transaction } from "@tocsin/db/client";
import type { Context } from "../context.ts";

/**
 * The caller changed their own password: until its app proves itself again, or some days are over, each device is told
 * that there is an alert, and not what it says. The devices of the session in which they did so go over to the new one.
 * Call it in the transaction of the change.
 */
export async function unproveDevices(
  tx: Transaction,
  { actor }: Pick<Context, "actor">,
  { userId, successorId }: { userId: string; successorId: string },
): Promise<void> {
  const sessionId = actor.type === "user" ? (actor.session?.id ?? null) : null;
  await tx.$executeRaw`
    UPDATE device SET unprovenSince = COALESCE(unprovenSince, UTC_TIMESTAMP(3)),
                      sessionId = IF(sessionId = ${sessionId}, ${successorId}, sessionId)
     WHERE userId = ${userId} AND disabledAt IS NULL`;
}

/** A session was refreshed: the apps of its devices have proven themselves. Call it in the transaction that does so. */
export async function proveDevices(tx: Transaction, sessionId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE device SET unprovenSince = NULL WHERE sessionId = ${sessionId} AND unprovenSince IS NOT NULL`;
}
