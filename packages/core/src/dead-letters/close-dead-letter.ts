import { DomainError } from "@tocsin/contracts/errors";
import type { DeadLetter, Transaction } from "@tocsin/db/client";
import { recordAudit } from "../audit/record-audit.ts";
import { type Context, currentUserId } from "../context.ts";

/** How a person ends a dead letter. */
export type Closing = "redriven" | "discarded";

/**
 * Ends a dead letter one way, with its audit line. One that ended this way before stays as it is.
 * @returns whether it ended now
 * @throws DomainError CONFLICT where it ended the other way
 */
export async function closeDeadLetter(
  tx: Transaction,
  ctx: Context,
  { id, error, eventId }: DeadLetter,
  closing: Closing,
): Promise<boolean> {
  const { count } = await tx.deadLetter.updateMany({
    where: { id, status: "open" },
    data: { status: closing, closedAt: ctx.clock(), closedBy: currentUserId(ctx) },
  });
  if (count === 0) {
    const { status } = await tx.deadLetter.findUniqueOrThrow({ where: { id } });
    if (status === closing) return false;
    throw new DomainError("CONFLICT", { detail: `This dead letter is not open: it is ${status}` });
  }
  await recordAudit(tx, ctx, {
    action: `dead_letter.${closing}`,
    resourceType: "dead_letter",
    resourceId: id,
    metadata: { eventId, error },
    before: { status: "open" },
    after: { status: closing },
  });
  return true;
}
