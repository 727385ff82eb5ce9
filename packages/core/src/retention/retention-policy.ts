/** How long what is kept. Days; 0: for ever. */
export interface RetentionPolicy {
  /** Processed events, and what was decided for them. */
  eventDays: number;
  /** Dead letters, after they were redriven or discarded. */
  deadLetterDays: number;
  /** Notifications that are over, with all that belongs to them. */
  notificationDays: number;
  /** Alerts that nobody acknowledged and nothing resolved. */
  openAlertDays: number;
  /** How each notification was delivered. */
  deliveryDays: number;
  /** What inboxes remember of deleted notifications, so that clients learn of it. */
  deletionDays: number;
  /** Sessions and password resets, after they expired. */
  sessionDays: number;
  /** Dedup windows, and what was resolved or acknowledged by a dedup key, after they are over. */
  dedupDays: number;
  auditDays: number;
}

/** Before this time everything may go; null: nothing may. */
export function cutoffOf(now: Date, days: number): Date | null {
  return days === 0 ? null : new Date(now.getTime() - days * millisecondsPerDay);
}

const millisecondsPerDay = 86_400_000;
