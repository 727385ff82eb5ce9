import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { type PreferenceRow, readPreference } from "../interruptions/load-preferences.ts";
import type { Preference } from "../interruptions/why-held.ts";

/** Someone who is still to be told of a notification. */
export interface PendingRecipient {
  notificationId: string;
  userId: string;
  /** Why they are told without a sound; null: they are interrupted, or it is not decided yet. */
  heldReason: string | null;
  /** When they want to be left alone; null where they never said. */
  wishes: Preference | null;
}

/** The copies of who has not been reached, nor acted by themselves: a condition on notification_recipient. */
export function arePending(notificationIds: readonly string[]): string {
  return `notificationId IN (${placeholders(notificationIds)}) AND delivery = 'pending'
      AND acknowledgedAt IS NULL AND deletedAt IS NULL`;
}

type Row = Omit<PendingRecipient, "wishes"> & (PreferenceRow | { minimumPriority: null });

/** Everyone who has not been reached, nor acted by themselves, by notification. */
export async function loadPendingRecipients(
  db: Queryable,
  notificationIds: readonly string[],
): Promise<PendingRecipient[]> {
  const rows = await db.query<Row[]>(
    `SELECT notificationId, copy.userId, heldReason, quietHours, minimumPriority, mutedRules
       FROM notification_recipient AS copy LEFT JOIN user_preference ON user_preference.userId = copy.userId
      WHERE ${arePending(notificationIds)}
      ORDER BY notificationId, copy.userId`,
    notificationIds,
  );
  return rows.map(({ notificationId, userId, heldReason, ...row }) => ({
    ...{ notificationId, userId, heldReason },
    wishes: row.minimumPriority === null ? null : readPreference(row),
  }));
}
