import { maximumRedrive, type RedriveAll } from "@tocsin/contracts/api/dead-letters";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import { type Context, currentUserId } from "../context.ts";
import { announceEvents } from "../events/announce-events.ts";
import { reviveEvents } from "./revive-events.ts";

/** Events in the dead letter; stream entries that are none are for single decisions. */
const openEvents = { status: "open", eventId: { not: null } } as const;

/** Gives every event in the dead letter back to the pipeline, the oldest thousand a call. */
export async function redriveAllDeadLetters(ctx: Context): Promise<RedriveAll> {
  const eventIds = await inTransaction(ctx.db, async (tx) => {
    // Locked: whoever else redrives at the same time waits here and finds the next ones.
    const letters = await tx.$queryRaw<{ id: string; eventId: string }[]>`
      SELECT id, eventId FROM dead_letter
       WHERE status = 'open' AND eventId IS NOT NULL
       ORDER BY id LIMIT ${maximumRedrive} FOR UPDATE`;
    if (letters.length === 0) return [];
    const revived = letters.map(({ eventId }) => eventId).toSorted();
    await reviveEvents(tx, revived);
    await tx.deadLetter.updateMany({
      where: { id: { in: letters.map(({ id }) => id) } },
      data: { status: "redriven", closedAt: ctx.clock(), closedBy: currentUserId(ctx) },
    });
    await recordAudit(tx, ctx, {
      action: "dead_letter.redriven",
      resourceType: "dead_letter",
      metadata: { count: revived.length, eventIds: revived },
    });
    return revived;
  });
  await announceEvents(
    ctx.redis,
    ctx.log,
    eventIds.map((id) => ({ id, correlationId: ctx.request.id })),
  );
  return {
    redriven: eventIds.length,
    remaining: await ctx.db.deadLetter.count({ where: openEvents }),
  };
}
