/** When somebody did what with their copy of a notification; null: not yet. */
export interface CopyTimes {
  readAt: Date | null;
  acknowledgedAt: Date | null;
  archivedAt: Date | null;
  deletedAt: Date | null;
}

/** What an inbox counts. Deleted copies count nowhere. */
export interface InboxCounts {
  /** Neither read nor archived. */
  unread: number;
  /** Not archived. */
  listed: number;
  /** Acknowledged and not archived. */
  acknowledged: number;
  archived: number;
}

/** What one copy adds to its owner's counts. */
export function countsOf(copy: CopyTimes): InboxCounts {
  const isKept = copy.deletedAt === null;
  const isListed = isKept && copy.archivedAt === null;
  return {
    unread: Number(isListed && copy.readAt === null),
    listed: Number(isListed),
    acknowledged: Number(isListed && copy.acknowledgedAt !== null),
    archived: Number(isKept && copy.archivedAt !== null),
  };
}
