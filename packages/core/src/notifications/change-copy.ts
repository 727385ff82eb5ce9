import { DomainError } from "@tocsin/contracts/errors";
import type { NotificationRecipient, Transaction } from "@tocsin/db/client";
import { stopPushesOf } from "../push/stop-pushes.ts";
import { countsOf } from "./inbox-counts.ts";

/** What a change does to one's copy; fields that stay are left out. */
export type CopyChange = Partial<
  Pick<NotificationRecipient, "readAt" | "archivedAt" | "deletedAt" | "acknowledgedAt">
>;

export interface ChangedCopy {
  copy: NotificationRecipient;
  isChanged: boolean;
  /** Phones are to take it away, or need not ring any more. */
  hasStoppedPushes: boolean;
}

/**
 * Changes somebody's copy of a notification and gives the change the next of their change numbers. Their counters are
 * locked until the commit, so that whoever has read up to a number never later meets a smaller one.
 * Whoever acts on it has seen it: their phones are left alone from then on.
 * @param decide what is to change, now; null where nothing is
 * @returns the copy afterwards, and whether that is another one than before
 * @throws DomainError NOTIFICATION_NOT_FOUND, also for one that they deleted
 */
export async function changeCopy(
  tx: Transaction,
  { userId, notificationId }: { userId: string; notificationId: string },
  decide: (copy: NotificationRecipient, now: Date) => CopyChange | null,
): Promise<ChangedCopy> {
  const [inbox] = await tx.$queryRaw<{ lastSeq: bigint; now: Date }[]>`
    SELECT lastSeq, UTC_TIMESTAMP(3) AS now FROM user_inbox WHERE userId = ${userId} FOR UPDATE`;
  const key = { userId_notificationId: { userId, notificationId } };
  const copy = await tx.notificationRecipient.findUnique({ where: { ...key, deletedAt: null } });
  if (!inbox || !copy) throw new DomainError("NOTIFICATION_NOT_FOUND");
  const change = decide(copy, inbox.now);
  if (!change) return { copy, isChanged: false, hasStoppedPushes: false };
  const seq = inbox.lastSeq + 1n;
  const [before, after] = [countsOf(copy), countsOf({ ...copy, ...change })];
  await tx.userInbox.update({
    where: { userId },
    data: {
      lastSeq: seq,
      unread: { increment: after.unread - before.unread },
      listed: { increment: after.listed - before.listed },
      acknowledged: { increment: after.acknowledged - before.acknowledged },
      archived: { increment: after.archived - before.archived },
    },
  });
  const changed = await tx.notificationRecipient.update({ where: key, data: { ...change, seq } });
  const hasStoppedPushes = await stopPushesOf(tx, { notificationId, userId });
  return { copy: changed, isChanged: true, hasStoppedPushes };
}
