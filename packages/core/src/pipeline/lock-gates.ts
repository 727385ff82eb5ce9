import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { type Hash, hashOf } from "../events/hash.ts";
import { type EndMarker, type Gate, type GateState, type Group, groupId, markerId } from "./decide.ts";
import type { EndingAlert } from "./ending-alerts.ts";
import type { PipelineEvent } from "./load-events.ts";
import type { Match } from "./match-events.ts";

/** Another worker processed some of the events since they were read. */
export class EventsTakenError extends Error {
  override readonly name = "EventsTakenError";
}

/**
 * Locks the events of the batch and marks them as processed, in one statement: until the commit nobody sees it, and
 * who comes with the same event waits here.
 * @throws EventsTakenError where not all of them are still to be processed
 */
export async function claimEvents(connection: Queryable, ids: readonly string[]): Promise<void> {
  if ((await markProcessed(connection, ids)) !== ids.length) throw new EventsTakenError();
}

/**
 * Marks those of the events that are still to be processed. By their ids: by their state the server would walk along
 * events that other workers hold, and wait for them.
 * @returns how many
 */
export async function markProcessed(connection: Queryable, ids: readonly string[]): Promise<number> {
  const { affectedRows } = await connection.query<{ affectedRows: number }>(
    `UPDATE event FORCE INDEX (PRIMARY) SET status = 'processed', processedAt = UTC_TIMESTAMP(3), nextAttemptAt = NULL
      WHERE id IN (${placeholders(ids)}) AND status IN ('received', 'failed')`,
    [...ids],
  );
  return affectedRows;
}

/** A dedup key of a source, with the event that brought it. */
interface Marker {
  hash: Hash;
  event: PipelineEvent;
  dedupKey: string;
}

/**
 * Makes and locks the marker of each dedup key, writes down what resolve and acknowledge events say, and tells when
 * each key was last resolved and acknowledged. A trigger and its resolve take turns here.
 */
export async function lockMarkers(
  connection: Queryable,
  events: readonly PipelineEvent[],
): Promise<GateState["markers"]> {
  const markers = events
    .flatMap((event): Marker[] =>
      event.dedupKey === null
        ? []
        : [{ hash: hashOf(event.source, event.dedupKey), event, dedupKey: event.dedupKey }],
    )
    .toSorted((a, b) => a.hash.compare(b.hash));
  if (markers.length === 0) return new Map();
  const [, rows] = await Promise.all([writeMarkers(connection, markers), readMarkers(connection, markers)]);
  return new Map(rows.map(({ source, dedupKey, ...marker }) => [markerId(source, dedupKey), marker]));
}

async function writeMarkers(connection: Queryable, markers: readonly Marker[]): Promise<void> {
  await connection.query(
    `INSERT INTO dedup_marker
       (keyHash, source, dedupKey, resolvedAt, resolvedByEvent, acknowledgedAt, acknowledgedByEvent, touchedAt)
     VALUES ${markers.map(() => "(?, ?, ?, ?, ?, ?, ?, ?)").join(", ")}
     ON DUPLICATE KEY UPDATE
       ${keepLatest("resolvedAt", "resolvedByEvent")},
       ${keepLatest("acknowledgedAt", "acknowledgedByEvent")},
       touchedAt = GREATEST(touchedAt, VALUES(touchedAt))`,
    markers.flatMap(({ hash, event, dedupKey }) => {
      const isResolve = event.action === "resolve";
      const isAcknowledge = event.action === "acknowledge";
      return [
        hash,
        event.source,
        dedupKey,
        isResolve ? event.receivedAt : null,
        isResolve ? event.id : null,
        isAcknowledge ? event.receivedAt : null,
        isAcknowledge ? event.id : null,
        event.receivedAt,
      ];
    }),
  );
}

async function readMarkers(
  connection: Queryable,
  markers: readonly Marker[],
): Promise<(EndMarker & { source: string; dedupKey: string })[]> {
  return connection.query(
    `SELECT source, dedupKey, resolvedAt, resolvedByEvent, acknowledgedAt, acknowledgedByEvent FROM dedup_marker
      WHERE keyHash IN (${placeholders(markers)}) ORDER BY keyHash FOR UPDATE`,
    markers.map(({ hash }) => hash),
  );
}

/** Of two events the later one stays: within one millisecond the one with the greater id. The time is assigned last. */
function keepLatest(at: string, by: string): string {
  const isLater = `${at} IS NULL OR VALUES(${at}) > ${at} OR (VALUES(${at}) = ${at} AND VALUES(${by}) > ${by})`;
  return `${by} = IF(VALUES(${at}) IS NOT NULL AND (${isLater}), VALUES(${by}), ${by}),
       ${at} = COALESCE(GREATEST(${at}, VALUES(${at})), ${at}, VALUES(${at}))`;
}

/** Locks the gates of the rules that matched: two workers with alerts of one rule take turns here. */
export async function lockRuleGates(connection: Queryable, matches: readonly Match[]): Promise<Gate[]> {
  const ruleIds = [...new Set(matches.map(({ rule }) => rule.id))].toSorted();
  if (ruleIds.length === 0) return [];
  return connection.query<Gate[]>(
    `SELECT ruleId, stormId, suppressed, openedAt, 0 AS room FROM rule_gate
      WHERE ruleId IN (${placeholders(ruleIds)}) ORDER BY ruleId FOR UPDATE`,
    ruleIds,
  );
}

/** Locks the dedup windows that the matches may fall into, and those of alerts that end. */
export async function lockGroups(
  connection: Queryable,
  matches: readonly Match[],
  ending: readonly EndingAlert[],
): Promise<Group[]> {
  const wanted = new Map(
    matches.flatMap(({ rule, group }) =>
      group ? [[groupId(rule.id, group.hash), { ruleId: rule.id, hash: group.hash }] as const] : [],
    ),
  );
  for (const { ruleId, hash } of await findGroupsOf(connection, ending)) {
    wanted.set(groupId(ruleId, hash), { ruleId, hash });
  }
  if (wanted.size === 0) return [];
  const pairs = [...wanted.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, pair]) => pair);
  return connection.query<Group[]>(
    `SELECT ruleId, groupHash AS hash, groupKey AS \`key\`, notificationId, windowEndsAt FROM alert_group
      WHERE (ruleId, groupHash) IN (${pairs.map(() => "(?, ?)").join(", ")})
      ORDER BY ruleId, groupHash FOR UPDATE`,
    pairs.flatMap(({ ruleId, hash }) => [ruleId, hash]),
  );
}

/** Only looked up: they are locked together with the others, in one order. */
async function findGroupsOf(
  connection: Queryable,
  ending: readonly EndingAlert[],
): Promise<Pick<Group, "ruleId" | "hash">[]> {
  if (ending.length === 0) return [];
  return connection.query<Pick<Group, "ruleId" | "hash">[]>(
    `SELECT ruleId, groupHash AS hash FROM alert_group WHERE notificationId IN (${placeholders(ending)})`,
    ending.map(({ id }) => id),
  );
}
