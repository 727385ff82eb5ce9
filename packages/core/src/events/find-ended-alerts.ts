import { type EndedAlerts, maximumEndedAlerts } from "@tocsin/contracts/api/event-explanations";
import type { Context } from "../context.ts";

/** How the source key of a notice begins that tells of an alert's end; the alert's id follows. */
const endOf = "resolved:";

/**
 * The alerts that a resolve event ended, by the notices that told of it: no more than one batch of the pipeline ends.
 * What an acknowledge event ended is stored nowhere.
 * @param ruleId only those of this rule
 */
export async function findEndedAlerts(
  ctx: Context,
  event: { id: string; action: string },
  ruleId: string | undefined,
): Promise<EndedAlerts> {
  if (event.action !== "resolve") return { ended: [], moreEnded: 0 };
  const notices = await ctx.db.notification.findMany({
    where: { eventId: event.id, kind: "resolved", ...(ruleId !== undefined && { ruleId }) },
    select: { sourceKey: true, ruleId: true },
    orderBy: { id: "asc" },
  });
  const ended = notices
    .slice(0, maximumEndedAlerts)
    .map((notice) => ({ notificationId: notice.sourceKey.slice(endOf.length), ruleId: notice.ruleId }));
  return { ended, moreEnded: notices.length - ended.length };
}
