import type { DeadLetterView } from "@tocsin/contracts/api/dead-letters";
import { DomainError } from "@tocsin/contracts/errors";
import type { Context } from "../context.ts";
import { refuseBoundKey } from "../events/source-of-key.ts";
import { toDeadLetter } from "./dead-letter-view.ts";

/**
 * One dead letter.
 * @throws DomainError DEAD_LETTER_NOT_FOUND; SOURCE_FORBIDDEN to a key that is bound to a source
 */
export async function getDeadLetter(ctx: Context, { id }: { id: string }): Promise<DeadLetterView> {
  refuseBoundKey(ctx.actor);
  const row = await ctx.db.deadLetter.findUnique({ where: { id } });
  if (!row) throw new DomainError("DEAD_LETTER_NOT_FOUND");
  return toDeadLetter(row);
}
