import type { DeadLetterView } from "@tocsin/contracts/api/dead-letters";
import { DomainError } from "@tocsin/contracts/errors";
import { eventStreamField } from "@tocsin/contracts/stream";
import type { DeadLetter } from "@tocsin/db/client";
import { isDataError } from "@tocsin/db/errors";
import { inTransaction } from "@tocsin/db/transaction";
import type { Context } from "../context.ts";
import { announceEvents } from "../events/announce-events.ts";
import { storeDirectEntries } from "../pipeline/load-events.ts";
import { readEntry } from "../pipeline/stream-entry.ts";
import { closeDeadLetter } from "./close-dead-letter.ts";
import { getDeadLetter } from "./get-dead-letter.ts";
import { reviveEvents } from "./revive-events.ts";

/**
 * Gives what was put aside back to the pipeline, with all its attempts before it. Redriving it twice is harmless.
 * @throws DomainError DEAD_LETTER_NOT_FOUND, CONFLICT where it was discarded, DEAD_LETTER_NOT_REDRIVABLE where what
 * the stream held is no event
 */
export async function redriveDeadLetter(ctx: Context, { id }: { id: string }): Promise<DeadLetterView> {
  const found = await ctx.db.deadLetter.findUnique({ where: { id } });
  if (!found) throw new DomainError("DEAD_LETTER_NOT_FOUND");
  const eventId = found.eventId ?? (await storeEntry(ctx, found));
  const isRevived = await inTransaction(ctx.db, async (tx) => {
    await reviveEvents(tx, [eventId]);
    return closeDeadLetter(tx, ctx, found, "redriven");
  });
  if (isRevived) await announceEvents(ctx.redis, ctx.log, [{ id: eventId, correlationId: ctx.request.id }]);
  return getDeadLetter(ctx, { id });
}

/** Stores the event that a stream entry held, which failed before. Its id follows from the entry: never stored twice. */
async function storeEntry(ctx: Context, { streamId, body, status }: DeadLetter): Promise<string> {
  const entry = readEntry({ streamId: streamId ?? "", fields: [eventStreamField, body ?? ""] });
  if (entry.kind !== "direct") throw new DomainError("DEAD_LETTER_NOT_REDRIVABLE");
  if (status !== "open") return entry.eventId;
  try {
    await storeDirectEntries(ctx.pool, [entry]);
  } catch (error) {
    if (!isDataError(error)) throw error;
    throw new DomainError("DEAD_LETTER_NOT_REDRIVABLE", {
      detail: "The event still cannot be stored",
      cause: error,
    });
  }
  return entry.eventId;
}
