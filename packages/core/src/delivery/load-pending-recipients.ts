import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { type PreferenceRow, readPreference } from "../interruptions/load-preferences.ts";
import type { Preference } from "../interruptions/why-held.ts";
import { mayBeTold } from "./may-be-told.ts";

/** Someone who is still to be told of a notification. */
export interface PendingRecipient {
  notificationId: string;
  userId: string;
  /** Whether they may still be told of it. */
  mayBeTold: boolean;
  /** Why they are told without a sound; null: they are interrupted, or it is not decided yet. */
  heldReason: string | null;
  /** When they want to be left alone; null where they never said. */
  wishes: Preference | null;
}

/** The copies of who has not been reached, nor acted by themselves: a condition on `notification_recipient AS copy`. */
export function arePending(notificationIds: readonly string[]): string {
  return `copy.notificationId IN (${placeholders(notificationIds)}) AND copy.delivery = 'pending'
      AND copy.acknowledgedAt IS NULL AND copy.deletedAt IS NULL`;
}

type Row = Omit<PendingRecipient, "wishes" | "mayBeTold"> & { mayBeTold: number } & (
    | PreferenceRow
    | { minimumPriority: null }
  );

/** Everyone who has not been reached, nor acted by themselves, by notification; those who may not be told too. */
export async function loadPendingRecipients(
  db: Queryable,
  notificationIds: readonly string[],
): Promise<PendingRecipient[]> {
  const rows = await db.query<Row[]>(
    `SELECT copy.notificationId, copy.userId, heldReason, ${mayBeTold("copy.userId")} AS mayBeTold,
            quietHours, minimumPriority, mutedRules
       FROM notification_recipient AS copy
       JOIN notification ON notification.id = copy.notificationId
       LEFT JOIN user_preference ON user_preference.userId = copy.userId
      WHERE ${arePending(notificationIds)}
      ORDER BY copy.notificationId, copy.userId`,
    notificationIds,
  );
  return rows.map(({ notificationId, userId, heldReason, ...row }) => ({
    ...{ notificationId, userId, heldReason, mayBeTold: row.mayBeTold === 1 },
    wishes: row.minimumPriority === null ? null : readPreference(row),
  }));
}
