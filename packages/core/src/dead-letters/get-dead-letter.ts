import type { DeadLetterView } from "@tocsin/contracts/api/dead-letters";
import { DomainError } from "@tocsin/contracts/errors";
import type { Context } from "../context.ts";
import { toDeadLetter } from "./dead-letter-view.ts";

/**
 * One dead letter.
 * @throws DomainError DEAD_LETTER_NOT_FOUND
 */
export async function getDeadLetter(ctx: Context, { id }: { id: string }): Promise<DeadLetterView> {
  const row = await ctx.db.deadLetter.findUnique({ where: { id } });
  if (!row) throw new DomainError("DEAD_LETTER_NOT_FOUND");
  return toDeadLetter(row);
}
