import { pushPlatforms } from "@tocsin/contracts/channels";
import type { Pool } from "@tocsin/db/pool";

/** Something is overdue when it should have been done so long ago: every sweep has come by several times. Seconds. */
export const overdueSeconds = 60;

/** What is overdue on one step of the way from an accepted event to a delivered alert. */
export interface OverdueWork {
  step: OverdueStep;
  count: number;
  /** The event, notification or rule that waits longest. */
  oldestId: string | null;
  /** Since when it is due. */
  since: Date | null;
}

/** As literals: one query with an index range for each. */
const platforms = pushPlatforms.map((platform) => `'${platform}'`);

/** Each step with the rows that are due there, and the column that says since when. All have an index on it. */
const steps = {
  process: { table: "event", id: "id", dueAt: "receivedAt", only: "status = 'received' AND" },
  retry: { table: "event", id: "id", dueAt: "nextAttemptAt", only: "status = 'failed' AND" },
  fanout: { table: "notification", id: "id", dueAt: "fanoutDueAt", only: "" },
  deliver: { table: "notification", id: "id", dueAt: "deliveryDueAt", only: "" },
  push: {
    table: "push_delivery",
    id: "notificationId",
    dueAt: "dueAt",
    only: `platform IN (${platforms.join(", ")}) AND`,
  },
  tell: { table: "notification", id: "id", dueAt: "tellDueAt", only: "" },
  withdraw: { table: "notification", id: "id", dueAt: "withdrawDueAt", only: "" },
  summarise: { table: "user_inbox", id: "userId", dueAt: "summaryDueAt", only: "" },
  escalate: { table: "notification", id: "id", dueAt: "nextEscalationAt", only: "" },
  digest: { table: "rule_gate", id: "ruleId", dueAt: "nextDigestAt", only: "" },
} as const;

export type OverdueStep = keyof typeof steps;

export const overdueSteps = Object.keys(steps) as OverdueStep[];

const auditSql = overdueSteps.map(selectOverdue).join(" UNION ALL ");

/**
 * What was accepted and should have been done by now: all zeros when all is well, whatever was lost on the way.
 * One query over the tables themselves, so that it also finds what no queue and no stream remembers.
 */
export async function findOverdueWork(pool: Pool): Promise<OverdueWork[]> {
  return pool.query<OverdueWork[]>(
    auditSql,
    overdueSteps.flatMap(() => [overdueSeconds, overdueSeconds]),
  );
}

function selectOverdue(step: OverdueStep): string {
  const { table, id, dueAt, only } = steps[step];
  const overdue = `${only} ${dueAt} < UTC_TIMESTAMP(3) - INTERVAL ? SECOND`;
  return `SELECT '${step}' AS step, COUNT(*) AS count, MIN(${dueAt}) AS since,
                 (SELECT ${id} FROM ${table} WHERE ${overdue} ORDER BY ${dueAt} LIMIT 1) AS oldestId
            FROM ${table} WHERE ${overdue}`;
}
