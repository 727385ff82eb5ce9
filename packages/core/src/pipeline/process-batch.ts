import { newId } from "@tocsin/db/ids";
import { type Pool, type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { retryTransaction, TRANSACTION_ATTEMPTS } from "@tocsin/db/retry";
import type { Logger } from "@tocsin/platform/logger";
import type { Redis } from "ioredis";
import { type LeasedDeliveries, loadLeased } from "../delivery/load-leased.ts";
import { claimDeliveries, type OwnDeliveries } from "./claim-deliveries.ts";
import { orphanEntries, unreadableEntries } from "./dead-entries.ts";
import { deadLetter } from "./dead-letter.ts";
import { decide, type Decision, interruptingMatches } from "./decide.ts";
import type { Retry } from "./fail-event.ts";
import { logAlerts } from "./log-alerts.ts";
import { loadEvents, type PipelineEvent, storeDirectEntries } from "./load-events.ts";
import {
  claimEvents,
  EventsTakenError,
  lockGroups,
  lockMarkers,
  lockRuleGates,
  markProcessed,
} from "./lock-gates.ts";
import { type Match, matchEvent } from "./match-events.ts";
import { stopPushes } from "../push/stop-pushes.ts";
import { closeGroups, endAlerts, findEndingAlerts, resolvedNotices } from "./ending-alerts.ts";
import { isCounted, mayBeFolded, type Ranks, rankInWindow } from "./rank-in-window.ts";
import type { SnapshotSource } from "./snapshot.ts";
import type { StormPolicy } from "./storm-policy.ts";
import { addRoom } from "./storm-room.ts";
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
  /** False: everything is alerted that would begin a storm. */
  isCountingStorms?: boolean;
  /** Left out: this process delivers nothing itself. */
  ownDeliveries?: OwnDeliveries;
}

/** What a committed batch asks for. */
export interface BatchResult {
  /** Notifications whose delivery is due now, for whoever takes them first. */
  dueNotificationIds: string[];
  /** Deliveries that this process has taken, and is to begin at once. */
  leased: LeasedDeliveries[];
  /** Notifications that are over: screens and phones are to take them away. */
  endedNotificationIds: string[];
  /** Rules whose storm began: their summaries are due later. */
  openedStorms: OpenedStorm[];
  /** Events that failed for a reason of their own and are to be tried again. */
  retries: Retry[];
  /** What was decided for each rule that matched. */
  decisions: Decision[];
}

export interface OpenedStorm {
  ruleId: string;
  windowSeconds: number;
}

/** A batch that asks for nothing. */
export const nothing: BatchResult = {
  dueNotificationIds: [],
  leased: [],
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
 * user_inbox, recipient, push_delivery. Statements that do not wait for each other's answers are sent together; they are
 * done in the order in which they are listed.
 */
export async function processBatch(
  services: PipelineServices,
  entries: readonly StreamEntry[],
): Promise<BatchResult> {
  const { pool } = services;
  await storeDirectEntries(pool, entries);
  await deadLetter(pool, unreadableEntries(entries));
  return processStored(services, entries);
}

async function processStored(
  services: PipelineServices,
  entries: readonly StreamEntry[],
): Promise<BatchResult> {
  const { pool, snapshots } = services;
  const ids = new Set(entries.flatMap((entry) => (entry.kind === "unreadable" ? [] : [entry.eventId])));
  const [stored, snapshot] = await Promise.all([loadEvents(pool, [...ids].toSorted()), snapshots.current()]);
  await deadLetter(pool, orphanEntries(entries, stored));
  const matched = stored.map(({ event, isOpen }) => ({
    isOpen,
    event,
    matches: matchEvent(event, snapshot),
  }));
  const all = matched.flatMap(({ matches }) => matches);
  // Those that were processed before too: where Redis lost its counts, they count again.
  const rank: Rank = async (matches) =>
    services.isCountingStorms === false ? new Map() : rankInWindow(services, matches, services.stormDefaults);
  const ranking = rank(all.filter((match) => !mayBeFolded(match)));
  const open = matched.filter(({ isOpen }) => isOpen);
  const batch = {
    events: open.map(({ event }) => event),
    matches: open.flatMap(({ matches }) => matches),
    ranking,
    rank,
    stormDefaults: services.stormDefaults,
    ownDeliveries: services.ownDeliveries,
  };
  if (isUneventful(batch)) {
    const openIds = batch.events.map(({ id }) => id).toSorted();
    const mark = () => retryTransaction(TRANSACTION_ATTEMPTS, () => markProcessed(pool, openIds));
    await Promise.all([ranking, openIds.length > 0 && mark()]);
    return nothing;
  }
  try {
    const result = await withPoolTransaction(pool, (connection) => decideAndWrite(connection, batch));
    logAlerts(services.log, result.decisions);
    return result;
  } catch (error) {
    if (!(error instanceof EventsTakenError)) throw error;
    return processStored(services, entries);
  }
}

/** Counts matches towards the storms of their rules. Never fails. */
type Rank = (matches: readonly Match[]) => Promise<Ranks>;

interface Batch {
  events: readonly PipelineEvent[];
  matches: readonly Match[];
  /** Of those that interrupt whatever the gates say: under way while the batch takes its locks. Never fails. */
  ranking: Promise<Ranks>;
  rank: Rank;
  stormDefaults: StormPolicy;
  ownDeliveries: OwnDeliveries | undefined;
}

/** Nothing matches and nothing ends: there is nothing to decide, and one statement is a transaction by itself. */
function isUneventful({ events, matches }: Batch): boolean {
  return matches.length === 0 && events.every(({ action }) => action === "trigger");
}

async function decideAndWrite(connection: Queryable, batch: Batch): Promise<BatchResult> {
  const { matches, stormDefaults, ownDeliveries } = batch;
  const { alertable, markers, ending, ...locked } = await lockAll(connection, batch);
  const { groups, closed } = closeGroups(locked.groups, ending);
  const interrupting = interruptingMatches(matches, { groups, markers, stormDefaults });
  const ranks = new Map([...locked.ranks, ...(await batch.rank(interrupting.filter(mayBeFolded)))]);
  const gates = await addRoom(connection, locked.gates, alertable, { ranks, stormDefaults });
  const verdict = decide(matches, { groups, gates, markers, ranks, stormDefaults });
  const notices = await resolvedNotices(connection, ending, newId);
  const notifications = [...verdict.notifications, ...notices];
  const claim = claimDeliveries(ownDeliveries, notifications);

  const [, , , leased] = await Promise.all([
    writeVerdict(
      connection,
      { ...verdict, notifications, groups: [...closed, ...verdict.groups] },
      claim?.lease,
    ),
    endAlerts(connection, ending),
    writeRecipients(connection, notifications),
    claim && loadLeased(connection, claim),
  ]);
  const endedNotificationIds = ending.map(({ id }) => id);
  await stopPushes(connection, endedNotificationIds);
  return {
    endedNotificationIds,
    dueNotificationIds: leased ? [] : notifications.filter(isDue).map(({ id }) => id),
    leased: leased ? [leased] : [],
    openedStorms: verdict.gates.filter(({ isOpened }) => isOpened),
    retries: [],
    decisions: verdict.decisions,
  };
}

/** Locks all that the decisions read and change, and finds the alerts that end. */
async function lockAll(connection: Queryable, { events, matches, ranking }: Batch) {
  const alertable = matches.filter(isCounted);
  const ids = events.map(({ id }) => id).toSorted();
  const isAllTriggers = events.every(({ action }) => action === "trigger");
  const [, markers, gates, ending, groups, ranks] = await Promise.all([
    claimEvents(connection, ids),
    lockMarkers(connection, eventsWithMarkers(events, matches)),
    lockRuleGates(connection, alertable),
    findEndingAlerts(connection, events),
    // Where alerts may end, their groups are locked with the others, in one order.
    isAllTriggers && lockGroups(connection, alertable, []),
    ranking,
  ]);
  return {
    ...{ alertable, markers, gates, ending, ranks },
    groups: groups || (await lockGroups(connection, alertable, ending)),
  };
}

/** Events whose dedup key matters: those that end something, and triggers that would raise an alert. */
function eventsWithMarkers(events: readonly PipelineEvent[], matches: readonly Match[]): PipelineEvent[] {
  const matched = new Set(matches.map(({ event }) => event.id));
  return events.filter(({ id, action }) => action !== "trigger" || matched.has(id));
}
