import type { Silence, UpdateSilenceInput } from "@tocsin/contracts/api/silences";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import type { Context } from "../context.ts";
import { bumpVersion } from "../directory/bump-version.ts";
import { checkMatcherRoom } from "../rules/check-matcher-room.ts";
import { checkCondition } from "../rules/check-rule-text.ts";
import { lockSilence } from "./lock-silence.ts";
import { silenceColumns } from "./silence-columns.ts";
import { contentOf, toSilence } from "./silence-view.ts";

/**
 * Replaces a silence's fields.
 * @throws DomainError SILENCE_NOT_FOUND, INVALID_CONDITION
 */
export async function updateSilence(ctx: Context, { id, ...fields }: UpdateSilenceInput): Promise<Silence> {
  checkCondition(fields.condition);
  return inTransaction(ctx.db, async (tx) => {
    const { state, ...silence } = toSilence(await lockSilence(tx, id), ctx.clock());
    const before = contentOf(silence);
    const row = await tx.silence.update({ where: { id }, data: silenceColumns(fields) });
    await bumpVersion(tx, "silences");
    await checkMatcherRoom(tx, "silences", {
      before: state === "ended" ? 0 : before.condition.length,
      after: fields.condition.length,
    });
    await recordAudit(tx, ctx, {
      action: "silence.updated",
      resourceType: "silence",
      resourceId: id,
      before,
      after: { ...fields },
    });
    return toSilence(row, ctx.clock());
  });
}
