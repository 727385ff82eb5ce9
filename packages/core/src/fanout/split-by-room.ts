/** The most copies that a transaction with other work writes at once. */
export const maximumAtOnce = 2000;

/** Notifications whose copies are written at once, in their order while there is room, and those whose follow later. */
export function splitByRoom<Item extends { recipients: readonly string[] }>(
  notifications: readonly Item[],
): { now: Item[]; later: Item[] } {
  let room = maximumAtOnce;
  const [now, later]: [Item[], Item[]] = [[], []];
  for (const notification of notifications) {
    const fits = notification.recipients.length <= room;
    if (fits) room -= notification.recipients.length;
    (fits ? now : later).push(notification);
  }
  return { now, later };
}
