import { type Pool, type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import type { Logger } from "@tocsin/platform/logger";
import type { AuditEntry } from "../audit/record-audit.ts";
import { recordAudits } from "../audit/record-audits.ts";
import { acknowledgeWhole } from "../notifications/acknowledge-whole.ts";
import { readRoleIds } from "../pipeline/audience.ts";
import { loadEvents } from "../pipeline/load-events.ts";
import type { SnapshotSource } from "../pipeline/snapshot.ts";
import { writeRecipients } from "../pipeline/write-recipients.ts";
import { type Escalation, planEscalation } from "./plan-escalation.ts";

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
 * the roles that their rule, as it was when it fired, escalates to. A silence that holds by now keeps them quiet.
 * @returns the notifications that are due for delivery again
 */
export async function escalateDue(services: EscalationServices): Promise<string[]> {
  const { pool, log, snapshots, repeatLimit } = services;
  const { directory, silences } = await snapshots.current();
  const escalations = await withPoolTransaction(pool, async (connection) => {
    const locked = await lockUnanswered(connection);
    if (locked.length === 0) return [];
    // Who has not acknowledged, and was waited for, may have left since.
    const ended = new Set(await acknowledgeWhole(connection, idsOf(locked)));
    const unanswered = locked.filter(({ id }) => !ended.has(id));
    if (unanswered.length === 0) return [];
    const [known, today, events] = await Promise.all([
      loadRecipients(connection, unanswered),
      loadEscalationRoles(connection, unanswered),
      silences.isEmpty ? [] : loadEvents(connection, eventIdsOf(unanswered)),
    ]);
    const silenceIds = new Map(
      events.map(({ event }) => [event.id, silences.silenceOf(event, unanswered[0]?.now)]),
    );
    const planned = unanswered.map((row) => {
      const { id, round, isExpired, eventId, ruleId, audience, escalateTo } = row;
      const quietedBy = silenceIds.get(eventId ?? "") ?? null;
      const roleIds = escalateTo === null ? (today.get(ruleId ?? "") ?? []) : readRoleIds(escalateTo);
      const people = {
        recipients: known.get(id) ?? new Set<string>(),
        holders: audience === null ? null : directory.holdersOf(readRoleIds(audience)),
        escalation: directory.holdersOf(roleIds),
        admins: directory.admins,
        adminRoleIds: directory.adminRoleIds,
      };
      return planEscalation({ id, round, isExpired: isExpired === 1, quietedBy }, people, repeatLimit);
    });
    await write(connection, planned);
    return planned;
  });
  for (const { id, step, round } of escalations) {
    if (step === "end")
      log.error("Nobody acknowledges an alert; it is repeated no more", { notificationId: id, round });
    if (step === "repeat")
      log.warn("Nobody acknowledged an alert in time; it is repeated", { notificationId: id, round });
  }
  return escalations.flatMap(({ id, step }) => (step === "repeat" ? [id] : []));
}

/** An alert that is due to be repeated. Roles as its row holds them. */
interface DueAlert {
  id: string;
  ruleId: string | null;
  eventId: string | null;
  round: number;
  isExpired: number;
  /** By the database's clock. */
  now: Date;
  audience: string | null;
  escalateTo: string | null;
}

const idsOf = (alerts: readonly { id: string }[]) => alerts.map(({ id }) => id);
const eventIdsOf = (alerts: readonly DueAlert[]) => [
  ...new Set(alerts.flatMap(({ eventId }) => eventId ?? [])),
];

async function lockUnanswered(connection: Queryable): Promise<DueAlert[]> {
  return connection.query<DueAlert[]>(
    `SELECT id, ruleId, eventId, escalationLevel AS round, audience, escalateTo,
            COALESCE(expiresAt <= UTC_TIMESTAMP(3), FALSE) AS isExpired, UTC_TIMESTAMP(3) AS now
       FROM notification
      WHERE nextEscalationAt <= UTC_TIMESTAMP(3) AND acknowledgedAt IS NULL AND resolvedAt IS NULL
      ORDER BY nextEscalationAt LIMIT ${passRows} FOR UPDATE SKIP LOCKED`,
  );
}

/** Alerts that a version before raised do not say whom they escalate to: their rules do, also those that are off. */
async function loadEscalationRoles(
  connection: Queryable,
  alerts: readonly DueAlert[],
): Promise<Map<string, string[]>> {
  const ruleIds = alerts.flatMap(({ ruleId, escalateTo }) => (escalateTo === null && ruleId ? [ruleId] : []));
  if (ruleIds.length === 0) return new Map();
  const rows = await connection.query<{ ruleId: string; roleId: string }[]>(
    `SELECT ruleId, roleId FROM rule_escalation_role WHERE ruleId IN (${placeholders(ruleIds)})`,
    ruleIds,
  );
  const byRule = Map.groupBy(rows, ({ ruleId }) => ruleId);
  return new Map(Array.from(byRule, ([ruleId, own]) => [ruleId, own.map(({ roleId }) => roleId)]));
}

async function loadRecipients(
  connection: Queryable,
  alerts: readonly DueAlert[],
): Promise<Map<string, Set<string>>> {
  const rows = await connection.query<{ notificationId: string; userId: string }[]>(
    `SELECT notificationId, userId FROM notification_recipient WHERE notificationId IN (${placeholders(alerts)})`,
    idsOf(alerts),
  );
  const byAlert = Map.groupBy(rows, ({ notificationId }) => notificationId);
  return new Map(Array.from(byAlert, ([id, own]) => [id, new Set(own.map(({ userId }) => userId))]));
}

async function write(connection: Queryable, planned: readonly Escalation[]): Promise<void> {
  const ended = planned.filter(({ step }) => step === "end" || step === "expire").map(({ id }) => id);
  const quiet = planned.filter(({ step }) => step === "quiet");
  const repeated = planned.filter(({ step }) => step === "repeat").toSorted((a, b) => (a.id < b.id ? -1 : 1));
  if (ended.length > 0) {
    await connection.query(
      `UPDATE notification SET nextEscalationAt = NULL WHERE id IN (${placeholders(ended)})`,
      ended,
    );
  }
  for (const { id, quietedBy } of quiet) {
    await connection.query(
      `UPDATE notification
          SET quietedBy = ?, nextEscalationAt = UTC_TIMESTAMP(3) + INTERVAL COALESCE(ackTimeoutSeconds, 60) SECOND
        WHERE id = ?`,
      [quietedBy, id],
    );
  }
  for (const { id, round, newRecipients, newRoleIds } of repeated) {
    await connection.query(
      `UPDATE notification
          SET escalationLevel = ?, quietedBy = NULL, audience = IF(?, CONCAT_WS(',', audience, ?), audience),
              recipientCount = recipientCount + ?, delivered = FALSE,
              nextEscalationAt = UTC_TIMESTAMP(3) + INTERVAL ackTimeoutSeconds SECOND,
              deliveryDueAt = UTC_TIMESTAMP(3), deliveryAttempts = 0
        WHERE id = ?`,
      [round, newRoleIds.length > 0, newRoleIds.join(","), newRecipients.length, id],
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
    planned.flatMap(({ id, step, round, newRecipients }): AuditEntry[] => {
      if (step !== "repeat" && step !== "end") return [];
      return [
        {
          action: step === "repeat" ? "notification.escalated" : "notification.escalation_ended",
          resourceType: "notification",
          resourceId: id,
          metadata: { round, newRecipients: newRecipients.length },
        },
      ];
    }),
  );
}
