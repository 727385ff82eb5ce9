import { newId } from "@tocsin/db/ids";
import { type Pool, withPoolTransaction } from "@tocsin/db/pool";
import type { Logger } from "@tocsin/platform/logger";
import type { Redis } from "ioredis";
import { deadLetter } from "./dead-letter.ts";
import { decide, type Decision } from "./decide.ts";
import type { Retry } from "./fail-event.ts";
import { loadEvents, type PipelineEvent, storeDirectEntries } from "./load-events.ts";
import { lockGroups, lockMarkers, lockOpenEvents, lockRuleGates } from "./lock-gates.ts";
import { type Match, matchEvent } from "./match-events.ts";
import { stopPushes } from "../push/stop-pushes.ts";
import { closeGroups, endAlerts, findEndingAlerts, resolvedNotices } from "./ending-alerts.ts";
import { isCounted, rankInWindow } from "./rank-in-window.ts";
import type { SnapshotSource } from "./snapshot.ts";
import type { StormPolicy } from "./storm-policy.ts";
import type { StreamEntry } from "./stream-entry.ts";
import { isDue } from "./write-notifications.ts";
import { writeRecipients } from "./write-recipients.ts";
import { writeVerdict } from "./write-verdict.ts";

export interface PipelineServices {
  pool: Pool;
  redis: Redis;
  log: Logger;
  /** For rules that name no limit of their own. */
  stormDefaults: StormPolicy;
  snapshots: SnapshotSource;
}

/** What a committed batch asks for: notifications whose delivery is due now. */
export interface BatchResult {
  dueNotificationIds: string[];
  /** Notifications that are over: screens and phones are to take them away. */
  endedNotificationIds: string[];
  /** Rules whose storm began: their summaries are due later. */
  openedStorms: OpenedStorm[];
  /** Events that failed for a reason of their own and are to be tried again. */
  retries: Retry[];
  /** What was decided for each rule that matched. */
  decisions: Pick<Decision, "outcome" | "reason">[];
}

export interface OpenedStorm {
  ruleId: string;
  windowSeconds: number;
}

/** A batch that asks for nothing. */
export const nothing: BatchResult = {
  dueNotificationIds: [],
  endedNotificationIds: [],
  openedStorms: [],
  retries: [],
  decisions: [],
};

/**
 * Processes a batch of stream entries. When it resolves, every entry is dealt with for good and may be acknowledged;
 * when it throws, nothing was changed and all of them are to come again.
 *
 * Everything that is decided or counted is decided and counted in MySQL, in the one transaction that moves the events
 * from received to processed: an entry that comes twice finds its event processed and changes nothing.
 * Locks are taken in one order everywhere, each sorted: event, dedup_marker, rule_gate, alert_group, notification,
 * user_inbox, recipient, push_delivery.
 */
export async function processBatch(
  services: PipelineServices,
  entries: readonly StreamEntry[],
): Promise<BatchResult> {
  const { pool, snapshots, stormDefaults } = services;
  await storeDirectEntries(pool, entries);
  await deadLetter(pool, entries.flatMap(toDeadEntry));

  const ids = [
    ...new Set(entries.flatMap((entry) => (entry.kind === "unreadable" ? [] : [entry.eventId]))),
  ].toSorted();
  if (ids.length === 0) return nothing;
  const [events, snapshot] = await Promise.all([loadEvents(pool, ids), snapshots.current()]);
  const matches = events.flatMap((event) => matchEvent(event, snapshot));
  const ranks = await rankInWindow(services, matches, stormDefaults);

  return withPoolTransaction(pool, async (connection) => {
    const open = await lockOpenEvents(connection, ids);
    const openEvents = events.filter(({ id }) => open.has(id));
    const openMatches = matches.filter(({ event }) => open.has(event.id));
    const alertable = openMatches.filter(isCounted);
    if (openEvents.length === 0) return nothing;

    const markers = await lockMarkers(connection, eventsWithMarkers(openEvents, openMatches));
    const gates = await lockRuleGates(connection, alertable);
    const ending = await findEndingAlerts(connection, openEvents);
    const { groups, closed } = closeGroups(await lockGroups(connection, alertable, ending), ending);
    const verdict = decide(openMatches, { groups, gates, markers, ranks, stormDefaults });
    const notices = await resolvedNotices(connection, ending, newId);
    const notifications = [...verdict.notifications, ...notices];

    await writeVerdict(
      connection,
      { ...verdict, notifications, groups: [...closed, ...verdict.groups] },
      openEvents.map(({ id }) => id),
    );
    await endAlerts(connection, ending);
    await writeRecipients(connection, notifications);
    const endedNotificationIds = ending.map(({ id }) => id);
    await stopPushes(connection, endedNotificationIds);
    return {
      endedNotificationIds,
      dueNotificationIds: notifications.filter(isDue).map(({ id }) => id),
      openedStorms: verdict.gates.filter(({ isOpened }) => isOpened),
      retries: [],
      decisions: verdict.decisions.map(({ outcome, reason }) => ({ outcome, reason })),
    };
  });
}

/** Events whose dedup key matters: those that end something, and triggers that would raise an alert. */
function eventsWithMarkers(events: readonly PipelineEvent[], matches: readonly Match[]): PipelineEvent[] {
  const matched = new Set(matches.map(({ event }) => event.id));
  return events.filter(({ id, action }) => action !== "trigger" || matched.has(id));
}

function toDeadEntry(entry: StreamEntry) {
  if (entry.kind !== "unreadable") return [];
  return [{ eventId: null, streamId: entry.streamId, body: entry.body, error: entry.error, attempts: 1 }];
}
