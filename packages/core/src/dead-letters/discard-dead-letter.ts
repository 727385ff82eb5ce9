import type { DeadLetterView } from "@tocsin/contracts/api/dead-letters";
import { DomainError } from "@tocsin/contracts/errors";
import { inTransaction } from "@tocsin/db/transaction";
import type { Context } from "../context.ts";
import { closeDeadLetter } from "./close-dead-letter.ts";
import { getDeadLetter } from "./get-dead-letter.ts";

/**
 * Drops what was put aside for good: the event stays readable, and is never processed. Doing it twice is harmless.
 * @throws DomainError DEAD_LETTER_NOT_FOUND, CONFLICT where it was redriven
 */
export async function discardDeadLetter(ctx: Context, { id }: { id: string }): Promise<DeadLetterView> {
  await inTransaction(ctx.db, async (tx) => {
    const found = await tx.deadLetter.findUnique({ where: { id } });
    if (!found) throw new DomainError("DEAD_LETTER_NOT_FOUND");
    await closeDeadLetter(tx, ctx, found, "discarded");
  });
  return getDeadLetter(ctx, { id });
}
