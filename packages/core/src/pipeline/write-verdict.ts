import type { Queryable } from "@tocsin/db/pool";
import type { Verdict } from "./decide.ts";

const rows = (count: number, row: string) => Array.from({ length: count }, () => row).join(", ");

/** Writes all that was decided, in a few statements however many events there are. */
export async function writeVerdict(
  connection: Queryable,
  verdict: Verdict,
  processedIds: readonly string[],
): Promise<void> {
  await writeGroups(connection, verdict);
  await writeNotifications(connection, verdict);
  await writeOccurrences(connection, verdict);
  await writeDecisions(connection, verdict);
  await markProcessed(connection, processedIds);
}

async function writeGroups(connection: Queryable, { groups }: Verdict): Promise<void> {
  if (groups.length === 0) return;
  await connection.query(
    `INSERT INTO alert_group (ruleId, groupHash, groupKey, notificationId, windowEndsAt)
     VALUES ${rows(groups.length, "(?, ?, ?, ?, ?)")}
     ON DUPLICATE KEY UPDATE notificationId = VALUES(notificationId), windowEndsAt = VALUES(windowEndsAt)`,
    groups.flatMap(({ ruleId, hash, key, notificationId, windowEndsAt }) => [
      ruleId,
      hash,
      Array.from(key).slice(0, 255).join(""),
      notificationId,
      windowEndsAt,
    ]),
  );
}

async function writeNotifications(connection: Queryable, { alerts }: Verdict): Promise<void> {
  if (alerts.length === 0) return;
  await connection.query(
    `INSERT INTO notification
       (id, ruleId, eventId, kind, sourceKey, title, message, truncated, sound, action, priority, ruleVersion,
        occurrences, recipientCount, expiresAt, resolvedAt, deliveryDueAt, createdAt)
     VALUES ${rows(
       alerts.length,
       "(?, ?, ?, 'alert', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, IF(?, UTC_TIMESTAMP(3), NULL), IF(?, UTC_TIMESTAMP(3), NULL), UTC_TIMESTAMP(3))",
     )}`,
    alerts.flatMap(({ id, match, occurrences, isResolved }) => {
      const { rule, event } = match;
      return [
        id,
        rule.id,
        event.id,
        `alert:${rule.id}:${event.id}`,
        match.title,
        match.message,
        match.truncated,
        rule.sound,
        match.action && JSON.stringify(match.action),
        rule.priority,
        rule.version,
        occurrences,
        match.recipients.length,
        event.expiresAt,
        isResolved,
        !isResolved && match.recipients.length > 0,
      ];
    }),
  );
}

async function writeOccurrences(connection: Queryable, { foldedInto }: Verdict): Promise<void> {
  if (foldedInto.size === 0) return;
  const folded = [...foldedInto.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1));
  await connection.query(
    `UPDATE notification SET occurrences = occurrences + CASE id ${folded.map(() => "WHEN ? THEN ?").join(" ")} END
      WHERE id IN (${folded.map(() => "?").join(", ")})`,
    [...folded.flat(), ...folded.map(([id]) => id)],
  );
}

async function writeDecisions(connection: Queryable, { decisions }: Verdict): Promise<void> {
  if (decisions.length === 0) return;
  await connection.query(
    `INSERT INTO decision_log (eventId, ruleId, ruleVersion, outcome, reason, notificationId, decidedAt)
     VALUES ${rows(decisions.length, "(?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))")}`,
    decisions.flatMap(({ match, outcome, reason, notificationId }) => [
      match.event.id,
      match.rule.id,
      match.rule.version,
      outcome,
      reason,
      notificationId,
    ]),
  );
}

async function markProcessed(connection: Queryable, ids: readonly string[]): Promise<void> {
  await connection.query(
    `UPDATE event SET status = 'processed', processedAt = UTC_TIMESTAMP(3), nextAttemptAt = NULL
      WHERE id IN (${ids.map(() => "?").join(", ")})`,
    [...ids],
  );
}
