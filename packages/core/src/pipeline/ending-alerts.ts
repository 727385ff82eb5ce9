import { type Hash, hashOf } from "../events/hash.ts";
import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { mayBeTold } from "../delivery/may-be-told.ts";
import { readRoleIds } from "./audience.ts";
import { type Group, isAfter } from "./decide.ts";
import type { PipelineEvent } from "./load-events.ts";
import type { NewNotification } from "./new-notification.ts";

/** The most alerts that the resolve and acknowledge events of one batch end: the newest. */
const maximumEnding = 1000;

/** An alert that is still open and that an event of the batch ends. */
export interface EndingAlert {
  id: string;
  ruleId: string;
  ruleVersion: number;
  title: string;
  /** Ids of the roles that it is for, as its row holds them. */
  audience: string | null;
  /** The event that resolves it. */
  resolvedBy: PipelineEvent | null;
  /** An event acknowledges it, before it is resolved. */
  isAcknowledged: boolean;
}

type OpenAlert = Omit<EndingAlert, "resolvedBy" | "isAcknowledged"> & {
  eventId: string | null;
  dedupHash: Buffer;
  receivedAt: Date;
};

/**
 * The open alerts that the batch's resolve and acknowledge events are about: those of the same source and dedup key
 * whose own event came before, as it did where it was deleted since. The keys' markers are locked already, so none can be
 * added meanwhile.
 */
export async function findEndingAlerts(
  connection: Queryable,
  events: readonly PipelineEvent[],
): Promise<EndingAlert[]> {
  const endings = endingsOf(events);
  if (endings.size === 0) return [];
  const hashes = [...endings.values()].map(({ hash }) => hash);
  const alerts = await connection.query<OpenAlert[]>(
    `SELECT notification.id, ruleId, ruleVersion, title, audience, eventId, dedupHash,
            COALESCE(event.receivedAt, notification.createdAt) AS receivedAt
       FROM notification LEFT JOIN event ON event.id = notification.eventId
      WHERE dedupHash IN (${placeholders(hashes)}) AND resolvedAt IS NULL AND kind = 'alert'
      ORDER BY notification.createdAt DESC LIMIT ?`,
    [...hashes, maximumEnding],
  );
  return alerts.flatMap(({ dedupHash, receivedAt, eventId, ...alert }) => {
    const later = endings
      .get(dedupHash.toString("hex"))
      ?.events.filter((event) => isAfter(event.receivedAt, event.id, { receivedAt, id: eventId ?? "" }));
    if (!later || later.length === 0) return [];
    const resolvedBy = later.find(({ action }) => action === "resolve") ?? null;
    return [{ ...alert, resolvedBy, isAcknowledged: later[0]?.action === "acknowledge" }];
  });
}

/** The resolve and acknowledge events of a key, in their order. */
interface Ending {
  hash: Hash;
  events: PipelineEvent[];
}

function endingsOf(events: readonly PipelineEvent[]): Map<string, Ending> {
  const endings = new Map<string, Ending>();
  for (const event of events.toSorted((a, b) => (isAfter(a.receivedAt, a.id, b) ? 1 : -1))) {
    if (event.action === "trigger" || event.dedupKey === null) continue;
    const hash = hashOf(event.source, event.dedupKey);
    const ending = endings.get(hash.toString("hex")) ?? { hash, events: [] };
    ending.events.push(event);
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
    ending.flatMap(({ id, resolvedBy }) => (resolvedBy ? [[id, resolvedBy.receivedAt] as const] : [])),
  );
  const after = groups.map((group) => {
    const end = resolvedAt.get(group.notificationId);
    return end && end < group.windowEndsAt ? { ...group, windowEndsAt: end } : group;
  });
  return { groups: after, closed: after.filter((group, index) => group !== groups[index]) };
}

/** Ends the alerts: nobody is interrupted for them any more, nothing escalates. */
export async function endAlerts(connection: Queryable, ending: readonly EndingAlert[]): Promise<void> {
  if (ending.length === 0) return;
  const some = ending.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  // IN needs at least one value: one that no id has.
  const idsOf = (alerts: readonly EndingAlert[]) => ["", ...alerts.map(({ id }) => id)];
  const [acknowledged, resolved] = [
    idsOf(some.filter(({ isAcknowledged }) => isAcknowledged)),
    idsOf(some.filter(({ resolvedBy }) => resolvedBy !== null)),
  ];
  await connection.query(
    `UPDATE notification
        SET acknowledgedAt = IF(id IN (${placeholders(acknowledged)}), COALESCE(acknowledgedAt, UTC_TIMESTAMP(3)), acknowledgedAt),
            resolvedAt = IF(id IN (${placeholders(resolved)}), UTC_TIMESTAMP(3), NULL),
            deliveryDueAt = NULL, nextEscalationAt = NULL, withdrawDueAt = UTC_TIMESTAMP(3),
            tellDueAt = UTC_TIMESTAMP(3), tellAfterUserId = NULL
      WHERE id IN (${placeholders(some)})`,
    [...acknowledged, ...resolved, ...some.map(({ id }) => id)],
  );
}

/** News that trouble is over interrupts nobody's night. */
const resolvedPriority = 5;

/** Tells everyone who was alerted that it is over. */
export async function resolvedNotices(
  connection: Queryable,
  ending: readonly EndingAlert[],
  makeId: () => string,
): Promise<NewNotification[]> {
  const resolved = ending.flatMap(({ resolvedBy, ...alert }) =>
    resolvedBy ? [{ ...alert, by: resolvedBy }] : [],
  );
  if (resolved.length === 0) return [];
  const rows = await connection.query<{ notificationId: string; userId: string }[]>(
    `SELECT notificationId, userId
       FROM notification_recipient AS copy JOIN notification ON notification.id = copy.notificationId
      WHERE notificationId IN (${placeholders(resolved)}) AND deletedAt IS NULL AND ${mayBeTold("copy.userId")}
      ORDER BY userId`,
    resolved.map(({ id }) => id),
  );
  const recipients = Map.groupBy(rows, ({ notificationId }) => notificationId);
  return resolved.map(({ id, ruleId, ruleVersion, title, audience, by }) => ({
    id: makeId(),
    kind: "resolved",
    sourceKey: `resolved:${id}`,
    ruleId,
    ruleVersion,
    eventId: by.id,
    dedupHash: null,
    ...{ title: `Resolved: ${title}`, message: `${by.source} says that it is over.` },
    ...{ truncated: false, sound: null, action: null, priority: resolvedPriority, occurrences: 1 },
    recipients: (recipients.get(id) ?? []).map(({ userId }) => userId),
    audience: audience === null ? null : readRoleIds(audience),
    escalateTo: null,
    expiresAt: null,
    over: null,
    ackPolicy: "any",
    ackTimeoutSeconds: null,
  }));
}
