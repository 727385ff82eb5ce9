import { type Pool, type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import type { Logger } from "@tocsin/platform/logger";
import { recordAudits } from "../audit/record-audits.ts";
import type { SnapshotSource } from "../pipeline/snapshot.ts";
import { writeRecipients } from "../pipeline/write-recipients.ts";
import { type Escalation, planEscalation, type Unanswered } from "./plan-escalation.ts";

/** How many alerts one transaction escalates. */
const passRows = 100;

export interface EscalationServices {
  pool: Pool;
  log: Logger;
  snapshots: SnapshotSource;
  /** How often an alert is repeated at the most. */
  repeatLimit: number;
}

/**
 * Repeats the alerts that nobody acknowledged in time, to those who have not acknowledged them, and, the first time, to
 * the roles that their rule escalates to.
 * @returns the notifications that are due for delivery again
 */
export async function escalateDue(services: EscalationServices): Promise<string[]> {
  const { pool, log, snapshots, repeatLimit } = services;
  const { book } = await snapshots.current();
  const escalations = await withPoolTransaction(pool, async (connection) => {
    const unanswered = await lockUnanswered(connection);
    if (unanswered.length === 0) return [];
    const known = await loadRecipients(connection, unanswered);
    const planned = unanswered.map((alert) =>
      planEscalation(alert, {
        escalation: book.rules.get(alert.ruleId ?? "")?.escalation ?? [],
        recipients: known.get(alert.id) ?? new Set(),
        repeatLimit,
      }),
    );
    await write(connection, planned);
    return planned;
  });
  for (const { id, step, round } of escalations) {
    if (step === "end")
      log.error("Nobody acknowledges an alert; it is repeated no more", { notificationId: id, round });
    else log.warn("Nobody acknowledged an alert in time; it is repeated", { notificationId: id, round });
  }
  return escalations.flatMap(({ id, step }) => (step === "repeat" ? [id] : []));
}

async function lockUnanswered(connection: Queryable): Promise<Unanswered[]> {
  return connection.query<Unanswered[]>(
    `SELECT id, ruleId, escalationLevel AS round FROM notification
      WHERE nextEscalationAt <= UTC_TIMESTAMP(3) AND acknowledgedAt IS NULL AND resolvedAt IS NULL
      ORDER BY nextEscalationAt LIMIT ${passRows} FOR UPDATE SKIP LOCKED`,
  );
}

async function loadRecipients(
  connection: Queryable,
  alerts: readonly Unanswered[],
): Promise<Map<string, Set<string>>> {
  const rows = await connection.query<{ notificationId: string; userId: string }[]>(
    `SELECT notificationId, userId FROM notification_recipient WHERE notificationId IN (${placeholders(alerts)})`,
    alerts.map(({ id }) => id),
  );
  const byAlert = Map.groupBy(rows, ({ notificationId }) => notificationId);
  return new Map(Array.from(byAlert, ([id, own]) => [id, new Set(own.map(({ userId }) => userId))]));
}

async function write(connection: Queryable, planned: readonly Escalation[]): Promise<void> {
  const ended = planned.filter(({ step }) => step === "end").map(({ id }) => id);
  const repeated = planned.filter(({ step }) => step === "repeat").toSorted((a, b) => (a.id < b.id ? -1 : 1));
  if (ended.length > 0) {
    await connection.query(
      `UPDATE notification SET nextEscalationAt = NULL WHERE id IN (${placeholders(ended)})`,
      ended,
    );
  }
  for (const { id, round, newRecipients } of repeated) {
    await connection.query(
      `UPDATE notification
          SET escalationLevel = ?, recipientCount = recipientCount + ?, delivered = FALSE,
              nextEscalationAt = UTC_TIMESTAMP(3) + INTERVAL ackTimeoutSeconds SECOND,
              deliveryDueAt = UTC_TIMESTAMP(3), deliveryAttempts = 0
        WHERE id = ?`,
      [round, newRecipients.length, id],
    );
  }
  await writeRecipients(
    connection,
    repeated.map(({ id, newRecipients }) => ({ id, recipients: newRecipients })),
  );
  if (repeated.length > 0) {
    await connection.query(
      `UPDATE notification_recipient SET delivery = 'pending', heldReason = NULL, errorCode = NULL
        WHERE notificationId IN (${placeholders(repeated)}) AND acknowledgedAt IS NULL AND deletedAt IS NULL`,
      repeated.map(({ id }) => id),
    );
  }
  await recordAudits(
    connection,
    planned.map(({ id, step, round, newRecipients }) => ({
      action: step === "repeat" ? "notification.escalated" : "notification.escalation_ended",
      resourceType: "notification",
      resourceId: id,
      metadata: { round, newRecipients: newRecipients.length },
    })),
  );
}
