import type { NotificationRecipient } from "@tocsin/db/client";

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
export function countsOf(
  copy: Pick<NotificationRecipient, "readAt" | "acknowledgedAt" | "archivedAt" | "deletedAt">,
): InboxCounts {
  const isKept = copy.deletedAt === null;
  const isListed = isKept && copy.archivedAt === null;
  return {
    unread: Number(isListed && copy.readAt === null),
    listed: Number(isListed),
    acknowledged: Number(isListed && copy.acknowledgedAt !== null),
    archived: Number(isKept && copy.archivedAt !== null),
  };
}
