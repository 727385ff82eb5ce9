/** One person's copy of one notification. */
export interface CopyPlace {
  notificationId: string;
  userId: string;
}

/** Copies that one statement finds exactly: each of the notifications with each of the people. */
export interface CopyGroup {
  notificationIds: string[];
  userIds: string[];
}

/** Gathers copies into as few groups as there are different sets of people: alerts of one rule mostly share theirs. */
export function groupCopies(places: readonly CopyPlace[]): CopyGroup[] {
  const byNotification = Map.groupBy(places, ({ notificationId }) => notificationId);
  const groups = new Map<string, CopyGroup>();
  for (const [notificationId, own] of byNotification) {
    const userIds = own.map(({ userId }) => userId).toSorted();
    const key = userIds.join();
    const group = groups.get(key);
    if (group) group.notificationIds.push(notificationId);
    else groups.set(key, { notificationIds: [notificationId], userIds });
  }
  return [...groups.values()];
}
