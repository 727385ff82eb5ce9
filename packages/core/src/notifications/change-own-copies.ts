import { withPoolTransaction } from "@tocsin/db/pool";
import type { AuditEntry } from "../audit/record-audit.ts";
import { recordAudits } from "../audit/record-audits.ts";
import { type Context, currentUserId } from "../context.ts";
import { acknowledgeWhole, lockNotifications } from "./acknowledge-whole.ts";
import { changeCopies, type CopyOutcome, type CopyVerb } from "./change-copies.ts";
import { tellOfAcknowledgements } from "./tell-recipients.ts";
import { wakeAfterChange } from "./wake-after-change.ts";

/**
 * Changes the caller's copies of some notifications, and nobody else's, all in one transaction. What was done already
 * stays as it is. An acknowledgement is audited, and ends the alert where its policy says so; so does deleting the last
 * copy that an alert waits for.
 * @returns what came of each, in the order given
 */
export async function changeOwnCopies(
  ctx: Context,
  ids: readonly string[],
  verb: CopyVerb,
): Promise<CopyOutcome[]> {
  if (ids.length === 0) return [];
  const userId = currentUserId(ctx);
  const mayEnd = verb === "acknowledge" || verb === "delete";
  const done = await withPoolTransaction(ctx.pool, async (connection) => {
    if (mayEnd) await lockNotifications(connection, ids);
    const result = await changeCopies(connection, userId, ids, verb);
    const changed = result.outcomes.filter(({ outcome }) => outcome === "changed").map(({ id }) => id);
    if (verb === "acknowledge") {
      await recordAudits(connection, changed.map(acknowledgementOf), ctx);
      await tellOfAcknowledgements(connection, changed);
    }
    const ended = mayEnd ? await acknowledgeWhole(connection, changed) : [];
    return { ...result, changed, ended };
  });
  await wakeAfterChange(ctx, done);
  return done.outcomes;
}

function acknowledgementOf(resourceId: string): AuditEntry {
  return { action: "notification.acknowledged", resourceType: "notification", resourceId };
}
