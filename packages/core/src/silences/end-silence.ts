import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import type { Context } from "../context.ts";
import { bumpVersion } from "../directory/bump-version.ts";
import { lockSilence } from "./lock-silence.ts";

/**
 * Ends a silence now. It stays readable: what it silenced refers to it. Doing it again changes nothing.
 * @throws DomainError SILENCE_NOT_FOUND
 */
export async function endSilence(ctx: Context, { id }: { id: string }): Promise<void> {
  await inTransaction(ctx.db, async (tx) => {
    const { startsAt, endsAt } = await lockSilence(tx, id);
    const now = ctx.clock();
    if (endsAt !== null && endsAt <= now) return;
    // One that has not begun never does.
    await tx.silence.update({
      where: { id },
      data: { endsAt: now, ...(startsAt > now && { startsAt: now }) },
    });
    await bumpVersion(tx, "silences");
    await recordAudit(tx, ctx, {
      action: "silence.ended",
      resourceType: "silence",
      resourceId: id,
      before: { endsAt: endsAt?.toISOString() ?? null },
      after: { endsAt: now.toISOString() },
    });
  });
}
