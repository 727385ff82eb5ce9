import type { RuleAction } from "@tocsin/contracts/api/rules";
import type { NotificationView } from "@tocsin/contracts/api/notifications";
import { type Database, type Notification, type NotificationRecipient, Prisma } from "@tocsin/db/client";

/** How many recipients an answer names; the count tells how many there are. */
const namedRecipients = 100;

/** A person's copies of notifications as the API shows them, in the order given. Two queries, however many there are. */
export async function toNotificationViews(
  db: Pick<Database, "notification" | "$queryRaw">,
  copies: readonly NotificationRecipient[],
): Promise<NotificationView[]> {
  if (copies.length === 0) return [];
  const ids = copies.map(({ notificationId }) => notificationId);
  const [notifications, people] = await Promise.all([
    db.notification.findMany({ where: { id: { in: ids } } }),
    loadPeople(db, ids),
  ]);
  const byId = new Map(notifications.map((notification) => [notification.id, notification]));
  return copies.flatMap((copy) => {
    const notification = byId.get(copy.notificationId);
    return notification ? [toView(copy, notification, people(copy.notificationId))] : [];
  });
}

interface People {
  recipients: string[];
  acknowledgedBy: string[];
}

async function loadPeople(
  db: Pick<Database, "$queryRaw">,
  ids: readonly string[],
): Promise<(notificationId: string) => People> {
  // Everyone who acknowledged is named; of the others the first hundred of each notification.
  const rows = await db.$queryRaw<{ notificationId: string; userId: string; acknowledgedAt: Date | null }[]>(
    Prisma.sql`
      SELECT notificationId, userId, acknowledgedAt
        FROM (SELECT notificationId, userId, acknowledgedAt,
                     ROW_NUMBER() OVER (PARTITION BY notificationId ORDER BY userId) AS place
                FROM notification_recipient
               WHERE notificationId IN (${Prisma.join([...ids])})) AS numbered
       WHERE place <= ${namedRecipients} OR acknowledgedAt IS NOT NULL
       ORDER BY notificationId, userId`,
  );
  const rowsOf = Map.groupBy(rows, ({ notificationId }) => notificationId);
  return (notificationId) => {
    const own = rowsOf.get(notificationId) ?? [];
    return {
      recipients: own.slice(0, namedRecipients).map(({ userId }) => userId),
      acknowledgedBy: own.filter(({ acknowledgedAt }) => acknowledgedAt !== null).map(({ userId }) => userId),
    };
  };
}

function toView(copy: NotificationRecipient, notification: Notification, people: People): NotificationView {
  return {
    id: notification.id,
    ruleId: notification.ruleId,
    eventId: notification.eventId,
    kind: notification.kind,
    title: notification.title,
    message: notification.message,
    truncated: notification.truncated,
    sound: notification.sound,
    action: notification.action as RuleAction | null,
    priority: notification.priority,
    occurrences: notification.occurrences,
    seq: Number(copy.seq),
    delivered: notification.delivered,
    pusherEventSent: notification.pusherEventSent,
    createdAt: notification.createdAt.toISOString(),
    deliveredAt: notification.deliveredAt?.toISOString() ?? null,
    readAt: copy.readAt?.toISOString() ?? null,
    acknowledgedAt: copy.acknowledgedAt?.toISOString() ?? null,
    archivedAt: copy.archivedAt?.toISOString() ?? null,
    acknowledgedBy: people.acknowledgedBy,
    recipients: people.recipients,
    recipientCount: notification.recipientCount,
  };
}
