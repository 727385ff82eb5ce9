import { newId } from "@tocsin/db/ids";
import { withPoolTransaction } from "@tocsin/db/pool";
import { recordAudits } from "../audit/record-audits.ts";
import type { Context } from "../context.ts";
import type { NewNotification } from "../pipeline/new-notification.ts";
import { writeNotifications } from "../pipeline/write-notifications.ts";
import { writeRecipients } from "../pipeline/write-recipients.ts";

/** What a drill says, and to whom. */
export type DrillFacts = Pick<
  NewNotification,
  "ruleId" | "ruleVersion" | "title" | "message" | "sound" | "priority" | "recipients" | "audience"
>;

/**
 * Raises a drill: an alert that is marked as one and goes the way of every alert, from the inbox to the phone.
 * @returns its id
 */
export async function writeDrill(ctx: Context, facts: DrillFacts): Promise<string> {
  const id = newId();
  const notification: NewNotification = {
    ...facts,
    ...{ id, kind: "drill", sourceKey: `drill:${id}`, eventId: null, dedupHash: null, over: null },
    ...{
      action: null,
      truncated: false,
      occurrences: 1,
      expiresAt: null,
      ackPolicy: "any",
      ackTimeoutSeconds: null,
    },
    escalateTo: null,
  };
  await withPoolTransaction(ctx.pool, async (connection) => {
    await writeNotifications(connection, [notification]);
    await writeRecipients(connection, [notification]);
    const metadata = { ruleId: facts.ruleId, recipients: facts.recipients.length };
    await recordAudits(
      connection,
      [{ action: "drill.started", resourceType: "notification", resourceId: id, metadata }],
      ctx,
    );
  });
  await ctx.wakeUps.deliver([id]);
  return id;
}
