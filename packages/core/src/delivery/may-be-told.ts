/** The copies of those who may not be told any more say so in their errorCode. */
export const noAccess = "no_access";

/**
 * Whether somebody may be told of a notification now: they are active, and hold one of the roles that it is for. Asked at
 * each telling, where it is read whom to tell. A condition in SQL; the table `notification` is in scope.
 * @param userId the column of the person's id
 */
export function mayBeTold(userId: string): string {
  return `(EXISTS (SELECT 1 FROM user WHERE user.id = ${userId} AND user.status = 'active')
    AND (notification.audience IS NULL
         OR EXISTS (SELECT 1 FROM user_role
                     WHERE user_role.userId = ${userId} AND FIND_IN_SET(user_role.roleId, notification.audience) > 0)))`;
}

/**
 * Whether a notification reached everyone who may be told of it, and has not acted by themselves: of somebody at least. An
 * expression in SQL; the table `notification` is in scope.
 */
export const isDelivered = `(
  NOT EXISTS (SELECT 1 FROM notification_recipient AS missing
               WHERE missing.notificationId = notification.id AND delivery <> 'sent'
                 AND NOT (errorCode <=> '${noAccess}') AND acknowledgedAt IS NULL AND deletedAt IS NULL)
  AND EXISTS (SELECT 1 FROM notification_recipient AS counted
               WHERE counted.notificationId = notification.id AND NOT (errorCode <=> '${noAccess}')))`;
