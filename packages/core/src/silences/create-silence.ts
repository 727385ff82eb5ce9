import type { CreateSilenceInput, Silence } from "@tocsin/contracts/api/silences";
import { invalidAt } from "@tocsin/contracts/validation-failed";
import { newId } from "@tocsin/db/ids";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import { type Context, currentUserId } from "../context.ts";
import { bumpVersion } from "../directory/bump-version.ts";
import { checkMatcherRoom } from "../rules/check-matcher-room.ts";
import { checkCondition } from "../rules/check-rule-text.ts";
import { silenceColumns } from "./silence-columns.ts";
import { toSilence } from "./silence-view.ts";

/**
 * Makes a silence; it holds from the worker's next batch on, for events received while it is in force.
 * @throws DomainError INVALID_CONDITION, VALIDATION_FAILED where it would be over already
 */
export async function createSilence(ctx: Context, input: CreateSilenceInput): Promise<Silence> {
  checkCondition(input.condition);
  const now = ctx.clock();
  if (input.endsAt !== null && new Date(input.endsAt) <= now) {
    throw invalidAt(["endsAt"], "Must be in the future", "too_early");
  }
  return inTransaction(ctx.db, async (tx) => {
    const row = await tx.silence.create({
      data: { id: newId(), ...silenceColumns(input), createdBy: currentUserId(ctx), createdAt: now },
    });
    await bumpVersion(tx, "silences");
    await checkMatcherRoom(tx, "silences", { before: 0, after: input.condition.length });
    await recordAudit(tx, ctx, {
      action: "silence.created",
      resourceType: "silence",
      resourceId: row.id,
      after: { ...input },
    });
    return toSilence(row, now);
  });
}
