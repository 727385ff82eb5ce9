import { type Hash, hashOf } from "../events/hash.ts";
import type { Queryable } from "@tocsin/db/pool";
import { type Group, isAfter } from "./decide.ts";
import type { PipelineEvent } from "./load-events.ts";
import { cut, maximumTitle } from "./render-alert.ts";
import type { NewNotification } from "./new-notification.ts";

/** The most alerts that the resolve and acknowledge events of one batch end: the newest. */
const maximumEnding = 1000;

/** An alert that is still open and that an event of the batch ends. */
export interface EndingAlert {
  id: string;
  ruleId: string;
  ruleVersion: number;
  title: string;
  /** What ends it: a resolve event, else an acknowledge event. */
  by: PipelineEvent;
}

type OpenAlert = Omit<EndingAlert, "by"> & { eventId: string; dedupHash: Buffer; receivedAt: Date };

/**
 * The open alerts that the batch's resolve and acknowledge events are about: those of the same source and dedup key
 * whose own event came before. The keys' markers are locked already, so none can be added meanwhile.
 */
export async function findEndingAlerts(
  connection: Queryable,
  events: readonly PipelineEvent[],
): Promise<EndingAlert[]> {
  const endings = endingsOf(events);
  if (endings.size === 0) return [];
  const hashes = [...endings.values()].map(({ hash }) => hash);
  const alerts = await connection.query<OpenAlert[]>(
    `SELECT notification.id, ruleId, ruleVersion, title, eventId, dedupHash, event.receivedAt
       FROM notification JOIN event ON event.id = notification.eventId
      WHERE dedupHash IN (${hashes.map(() => "?").join(", ")}) AND resolvedAt IS NULL AND kind = 'alert'
      ORDER BY notification.createdAt DESC LIMIT ?`,
    [...hashes, maximumEnding],
  );
  return alerts.flatMap(({ dedupHash, receivedAt, eventId, ...alert }) => {
    const ending = endings.get(dedupHash.toString("hex"));
    const by = [ending?.resolve, ending?.acknowledge].find(
      (event) => event && isAfter(event.receivedAt, event.id, { receivedAt, id: eventId }),
    );
    return by ? [{ ...alert, by }] : [];
  });
}

interface Ending {
  hash: Hash;
  resolve?: PipelineEvent;
  acknowledge?: PipelineEvent;
}

/** The last resolve and acknowledge event of each key. */
function endingsOf(events: readonly PipelineEvent[]): Map<string, Ending> {
  const endings = new Map<string, Ending>();
  for (const event of events) {
    if (event.action === "trigger" || event.dedupKey === null) continue;
    const hash = hashOf(event.source, event.dedupKey);
    const ending = endings.get(hash.toString("hex")) ?? { hash };
    const last = ending[event.action];
    if (!last || isAfter(event.receivedAt, event.id, last)) ending[event.action] = event;
    endings.set(hash.toString("hex"), ending);
  }
  return endings;
}

/** Closes the dedup windows of alerts that are resolved: what comes later is a new trouble. */
export function closeGroups(
  groups: readonly Group[],
  ending: readonly EndingAlert[],
): { groups: Group[]; closed: Group[] } {
  const resolvedAt = new Map(
    ending.flatMap(({ id, by }) => (by.action === "resolve" ? [[id, by.receivedAt] as const] : [])),
  );
  const after = groups.map((group) => {
    const end = resolvedAt.get(group.notificationId);
    return end && end < group.windowEndsAt ? { ...group, windowEndsAt: end } : group;
  });
  return { groups: after, closed: after.filter((group, index) => group !== groups[index]) };
}

/** Ends the alerts: nobody is interrupted for them any more, nothing escalates. */
export async function endAlerts(connection: Queryable, ending: readonly EndingAlert[]): Promise<void> {
  for (const column of ["resolvedAt", "acknowledgedAt"] as const) {
    const action = column === "resolvedAt" ? "resolve" : "acknowledge";
    const some = ending.filter(({ by }) => by.action === action).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    if (some.length === 0) continue;
    await connection.query(
      `UPDATE notification
          SET ${column} = COALESCE(${column}, UTC_TIMESTAMP(3)), deliveryDueAt = NULL, nextEscalationAt = NULL
        WHERE id IN (${some.map(() => "?").join(", ")})`,
      some.map(({ id }) => id),
    );
  }
}

/** News that trouble is over interrupts nobody's night. */
const resolvedPriority = 5;

/** Tells everyone who was alerted that it is over. */
export async function resolvedNotices(
  connection: Queryable,
  ending: readonly EndingAlert[],
  makeId: () => string,
): Promise<NewNotification[]> {
  const resolved = ending.filter(({ by }) => by.action === "resolve");
  if (resolved.length === 0) return [];
  const rows = await connection.query<{ notificationId: string; userId: string }[]>(
    `SELECT notificationId, userId FROM notification_recipient
      WHERE notificationId IN (${resolved.map(() => "?").join(", ")}) AND deletedAt IS NULL
      ORDER BY userId`,
    resolved.map(({ id }) => id),
  );
  const recipients = Map.groupBy(rows, ({ notificationId }) => notificationId);
  return resolved.map(({ id, ruleId, ruleVersion, title, by }) => ({
    id: makeId(),
    kind: "resolved",
    sourceKey: `resolved:${id}`,
    ruleId,
    ruleVersion,
    eventId: by.id,
    dedupHash: null,
    ...{ title: cut(`Resolved: ${title}`, maximumTitle).text, message: `${by.source} says that it is over.` },
    ...{ truncated: false, sound: null, action: null, priority: resolvedPriority, occurrences: 1 },
    recipients: (recipients.get(id) ?? []).map(({ userId }) => userId),
    expiresAt: null,
    over: null,
  }));
}
