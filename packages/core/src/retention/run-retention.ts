import type { Pool } from "@tocsin/db/pool";
import { countDeletions, pruneDeletions } from "./prune-deletions.ts";
import { countPrunableEvents, pruneEvents } from "./prune-events.ts";
import type { Pruning } from "./prune-in-steps.ts";
import { countPrunableNotifications, pruneNotifications } from "./prune-notifications.ts";
import { countPrunablePushes, prunePushes } from "./prune-pushes.ts";
import {
  closedDeadLetters,
  countRange,
  endedGroups,
  expiredPasswordResets,
  expiredSessions,
  pastAttempts,
  pastAudit,
  type PrunedRange,
  pruneRange,
  untouchedMarkers,
} from "./prune-ranges.ts";
import { cutoffOf, type RetentionPolicy } from "./retention-policy.ts";
import { takeTurn } from "./take-turn.ts";

/** Something that is not kept for ever. */
interface PrunedKind {
  /** As reports call it. */
  name: string;
  days: keyof RetentionPolicy;
  prune: (pruning: Pruning, before: Date, open: Date | null) => Promise<number>;
  count: (pool: Pool, before: Date, open: Date | null) => Promise<number>;
}

/** In this order: what waits for a dead letter, an event or a notification goes after it, in the same run. */
const kinds: readonly PrunedKind[] = [
  rangeKind("closed dead letters", "deadLetterDays", closedDeadLetters),
  { name: "events", days: "eventDays", prune: pruneEvents, count: countPrunableEvents },
  {
    name: "notifications",
    days: "notificationDays",
    prune: (pruning, over, open) => pruneNotifications(pruning, { over, open }),
    count: (pool, over, open) => countPrunableNotifications(pool, { over, open }),
  },
  { name: "push deliveries", days: "deliveryDays", prune: prunePushes, count: countPrunablePushes },
  rangeKind("delivery attempts", "deliveryDays", pastAttempts),
  { name: "deletions", days: "deletionDays", prune: pruneDeletions, count: countDeletions },
  rangeKind("sessions", "sessionDays", expiredSessions),
  rangeKind("password resets", "sessionDays", expiredPasswordResets),
  rangeKind("dedup windows", "dedupDays", endedGroups),
  rangeKind("dedup markers", "dedupDays", untouchedMarkers),
  rangeKind("audit lines", "auditDays", pastAudit),
];

/** How many rows of each kind went, or would go. What is kept for ever is left out. */
export type RetentionReport = ReadonlyMap<string, number>;

export interface RetentionServices {
  pool: Pool;
  policy: RetentionPolicy;
}

export interface RetentionOptions {
  /** Ends it after the step under way. */
  signal?: AbortSignal;
  /** Between two steps. Milliseconds. */
  pauseMs?: number;
  /** Told after each step how many rows of a kind went so far. */
  onProgress?: (kind: string, rows: number) => void;
}

/** Between two steps everybody else has the database. Milliseconds. */
const defaultPauseMs = 25;

/**
 * Deletes what was kept long enough, in small steps. It may run as often as one likes, and at any time: what is not
 * done yet, and what people still have to look at, stays however old it is.
 * @returns null where another process is at it
 */
export async function runRetention(
  services: RetentionServices,
  { signal = new AbortController().signal, pauseMs = defaultPauseMs, onProgress }: RetentionOptions = {},
): Promise<RetentionReport | null> {
  const { pool } = services;
  return takeTurn(pool, async () =>
    forEachKind(services, async ({ name, prune }, before, open) => {
      let rows = 0;
      const onStep = (more: number): void => onProgress?.(name, (rows += more));
      return signal.aborted ? 0 : prune({ pool, signal, pauseMs, onStep }, before, open);
    }),
  );
}

/** How many rows of each kind a run would delete now. Changes nothing. */
export async function previewRetention(services: RetentionServices): Promise<RetentionReport> {
  return forEachKind(services, async ({ count }, before, open) => count(services.pool, before, open));
}

async function forEachKind(
  { pool, policy }: RetentionServices,
  work: (kind: PrunedKind, before: Date, open: Date | null) => Promise<number>,
): Promise<RetentionReport> {
  const [row] = await pool.query<{ now: Date }[]>("SELECT UTC_TIMESTAMP(3) AS now");
  const report = new Map<string, number>();
  if (!row) return report;
  const open = cutoffOf(row.now, policy.openAlertDays);
  for (const kind of kinds) {
    const before = cutoffOf(row.now, policy[kind.days]);
    if (before !== null) report.set(kind.name, await work(kind, before, open));
  }
  return report;
}

function rangeKind(
  name: string,
  days: keyof RetentionPolicy,
  rangeOf: (before: Date) => PrunedRange,
): PrunedKind {
  return {
    name,
    days,
    prune: (pruning, before) => pruneRange(pruning, rangeOf(before)),
    count: (pool, before) => countRange(pool, rangeOf(before)),
  };
}
