import type { Page } from "@tocsin/contracts/api/common";
import type { DeadLetterView, ListDeadLettersInput } from "@tocsin/contracts/api/dead-letters";
import type { Context } from "../context.ts";
import { cursorId, offsetOf, toPage } from "../paging.ts";
import { refuseBoundKey } from "../events/source-of-key.ts";
import { toDeadLetter } from "./dead-letter-view.ts";

/**
 * A page of dead letters, newest first.
 * @throws DomainError SOURCE_FORBIDDEN to a key that is bound to a source
 */
export async function listDeadLetters(
  ctx: Context,
  input: ListDeadLettersInput,
): Promise<Page<DeadLetterView>> {
  refuseBoundKey(ctx.actor);
  const filter = input.status ? { status: input.status } : {};
  const before = cursorId(input.cursor);
  const [rows, total] = await Promise.all([
    ctx.db.deadLetter.findMany({
      where: { ...filter, ...(before && { id: { lt: before } }) },
      orderBy: { id: "desc" },
      skip: offsetOf(input),
      take: input.limit + 1,
    }),
    before ? undefined : ctx.db.deadLetter.count({ where: filter }),
  ]);
  return toPage(rows.map(toDeadLetter), input, total);
}
