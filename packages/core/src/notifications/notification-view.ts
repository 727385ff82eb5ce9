import type { NotificationView } from "@tocsin/contracts/api/notifications";
import { parseJson, type Queryable } from "@tocsin/db/pool";
import { loadPeople, type People } from "./load-people.ts";

/** What a view needs of a notification and of somebody's copy of it, tables `notification` and `copy`. */
export const viewColumns = `
  notification.id, notification.ruleId, notification.eventId, notification.kind, notification.title,
  notification.message, notification.truncated, notification.sound, notification.action, notification.priority,
  notification.occurrences, notification.delivered, notification.pusherEventSent, notification.createdAt,
  notification.deliveredAt, notification.recipientCount, notification.acknowledgedAt AS alertAcknowledgedAt,
  notification.resolvedAt, copy.seq, copy.readAt, copy.acknowledgedAt, copy.archivedAt`;

/** A notification with somebody's copy; their columns are null where they have none. */
export interface ViewRow {
  id: string;
  ruleId: string;
  eventId: string | null;
  kind: NotificationView["kind"];
  title: string;
  message: string;
  truncated: number;
  sound: string | null;
  action: string | null;
  priority: number;
  occurrences: number;
  delivered: number;
  pusherEventSent: number;
  createdAt: Date;
  deliveredAt: Date | null;
  recipientCount: number;
  alertAcknowledgedAt: Date | null;
  resolvedAt: Date | null;
  seq: number | null;
  readAt: Date | null;
  acknowledgedAt: Date | null;
  archivedAt: Date | null;
}

/** Notifications as the API shows them, in the order given. One query for the people of all of them. */
export async function toNotificationViews(
  db: Queryable,
  rows: readonly ViewRow[],
): Promise<NotificationView[]> {
  const people = await loadPeople(db, rows);
  return rows.map((row) => toView(row, people(row.id)));
}

function toView(row: ViewRow, { recipients, acknowledgedBy }: People): NotificationView {
  return {
    id: row.id,
    ruleId: row.ruleId,
    eventId: row.eventId,
    kind: row.kind,
    title: row.title,
    message: row.message,
    truncated: row.truncated === 1,
    sound: row.sound,
    action: parseJson<NotificationView["action"]>(row.action),
    priority: row.priority,
    occurrences: row.occurrences,
    seq: row.seq ?? 0,
    delivered: row.delivered === 1,
    pusherEventSent: row.pusherEventSent === 1,
    createdAt: row.createdAt.toISOString(),
    deliveredAt: toInstant(row.deliveredAt),
    readAt: toInstant(row.readAt),
    acknowledgedAt: toInstant(row.acknowledgedAt),
    archivedAt: toInstant(row.archivedAt),
    alertAcknowledgedAt: toInstant(row.alertAcknowledgedAt),
    resolvedAt: toInstant(row.resolvedAt),
    acknowledgedBy,
    recipients,
    recipientCount: row.recipientCount,
  };
}

function toInstant(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}
