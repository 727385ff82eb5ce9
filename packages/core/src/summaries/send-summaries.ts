import { userChannel } from "@tocsin/contracts/realtime";
import { type Pool, type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import type { Logger } from "@tocsin/platform/logger";
import type { PushPlatform } from "@tocsin/contracts/channels";
import type { Channel, DeliveryRequest, DeliveryTarget } from "../delivery/channel.ts";
import { deliveryIdOf } from "../delivery/delivery-id.ts";
import { deviceProof } from "../devices/device-proof.ts";
import { mayBeTold } from "../delivery/may-be-told.ts";
import { loadPreferences } from "../interruptions/load-preferences.ts";
import { weeklyEnd } from "../weekly-end.ts";

/** How many people one pass tells. */
const passRows = 200;

/** When a summary that nobody took is tried again. Seconds. */
const retrySeconds = 30;

export interface SummaryServices {
  pool: Pool;
  log: Logger;
  clock: () => Date;
  channel: Channel;
  pushChannels: Readonly<Partial<Record<PushPlatform, Channel>>>;
}

/** Somebody whom alerts reached without a sound. */
interface DueSummary {
  userId: string;
  summaryDueAt: Date;
  /** How many alerts it tells of. */
  count: number;
  /** It tells of those that wait for a summary up to this time. */
  upTo: Date;
}

/**
 * Tells people how many alerts came without interrupting them, after their quiet hours or when the rush is over: those
 * that they have not seen to meanwhile, that are not over, and that they may still be told of, each once however often it
 * was repeated. Who has none left is told nothing; who is in quiet hours is told after them.
 * @returns how many people were told
 */
export async function sendSummaries(services: SummaryServices): Promise<number> {
  const { pool, log, clock } = services;
  const due = await leaseDue(pool);
  if (due.length === 0) return 0;
  const userIds = due.map(({ userId }) => userId);
  const [wishes, held] = await Promise.all([loadPreferences(pool, userIds), loadHeld(pool, userIds)]);
  const told: DueSummary[] = [];
  const nothing: DueSummary[] = [];
  for (const { userId, summaryDueAt } of due) {
    const { count, upTo } = held.get(userId) ?? { count: 0, upTo: summaryDueAt };
    const summary = { userId, summaryDueAt, count, upTo };
    const quietHours = wishes.get(userId)?.quietHours;
    const quietUntil = quietHours && weeklyEnd(quietHours, clock());
    if (count === 0) nothing.push(summary);
    else if (quietUntil) await postpone(pool, userId, quietUntil);
    else told.push(summary);
  }
  const reached = await tell(services, told);
  await settle(pool, [...nothing, ...told.filter(({ userId }) => reached.has(userId))]);
  log.info("Summaries were sent", { due: due.length, reached: reached.size });
  return reached.size;
}

async function leaseDue(pool: Pool): Promise<Pick<DueSummary, "userId" | "summaryDueAt">[]> {
  return withPoolTransaction(pool, async (connection) => {
    const due = await connection.query<Pick<DueSummary, "userId" | "summaryDueAt">[]>(
      `SELECT userId, summaryDueAt FROM user_inbox
        WHERE summaryDueAt <= UTC_TIMESTAMP(3) ORDER BY summaryDueAt LIMIT ${passRows} FOR UPDATE SKIP LOCKED`,
    );
    if (due.length > 0) {
      await connection.query(
        `UPDATE user_inbox SET summaryDueAt = UTC_TIMESTAMP(3) + INTERVAL ${retrySeconds} SECOND
          WHERE userId IN (${placeholders(due)})`,
        due.map(({ userId }) => userId),
      );
    }
    return due;
  });
}

/** What is still worth telling people of, by person: one statement for all of them. */
async function loadHeld(
  db: Queryable,
  userIds: readonly string[],
): Promise<Map<string, Pick<DueSummary, "count" | "upTo">>> {
  const rows = await db.query<Pick<DueSummary, "userId" | "count" | "upTo">[]>(
    `SELECT copy.userId, COUNT(*) AS count, MAX(copy.summaryAt) AS upTo
       FROM notification_recipient AS copy JOIN notification ON notification.id = copy.notificationId
      WHERE copy.userId IN (${placeholders(userIds)}) AND copy.readAt IS NULL AND copy.summaryAt IS NOT NULL
        AND copy.archivedAt IS NULL AND copy.deletedAt IS NULL
        AND notification.acknowledgedAt IS NULL AND notification.resolvedAt IS NULL
        AND COALESCE(notification.expiresAt > UTC_TIMESTAMP(3), TRUE) AND ${mayBeTold("copy.userId")}
      GROUP BY copy.userId`,
    userIds,
  );
  return new Map(rows.map(({ userId, count, upTo }) => [userId, { count, upTo }]));
}

/** What came meanwhile is left for the next summary. */
async function settle(pool: Pool, summaries: readonly DueSummary[]): Promise<void> {
  for (const { userId, upTo } of summaries) {
    await withPoolTransaction(pool, async (connection) => {
      await connection.query("SELECT userId FROM user_inbox WHERE userId = ? FOR UPDATE", [userId]);
      await connection.query(
        `UPDATE notification_recipient SET summaryAt = NULL
          WHERE userId = ? AND readAt IS NULL AND summaryAt <= GREATEST(?, UTC_TIMESTAMP(3))`,
        [userId, upTo],
      );
      await connection.query(
        `UPDATE user_inbox
            SET held = 0,
                summaryDueAt = (SELECT MIN(summaryAt) FROM notification_recipient AS copy
                                 WHERE copy.userId = user_inbox.userId AND copy.readAt IS NULL
                                   AND copy.summaryAt IS NOT NULL)
          WHERE userId = ?`,
        [userId],
      );
    });
  }
}

async function postpone(db: Queryable, userId: string, until: Date): Promise<void> {
  await db.query("UPDATE user_inbox SET summaryDueAt = ? WHERE userId = ?", [until, userId]);
}

/** @returns those who were reached on any channel */
async function tell(services: SummaryServices, summaries: readonly DueSummary[]): Promise<Set<string>> {
  if (summaries.length === 0) return new Set();
  const devices = await loadDevices(
    services.pool,
    summaries.map(({ userId }) => userId),
  );
  const reached = await Promise.all([
    tellBy(services.channel, summaries, (summary) => [
      targetOf(summary, summary.userId, userChannel(summary.userId)),
    ]),
    ...Object.values(services.pushChannels).map((channel) =>
      tellBy(channel, summaries, (summary) =>
        devices
          .filter(({ userId, platform }) => userId === summary.userId && platform === channel.name)
          .map(({ id, token, environment, topic }) => ({
            ...targetOf(summary, id, token),
            environment,
            ...(topic !== null && { topic }),
          })),
      ),
    ),
  ]);
  return new Set(reached.flat());
}

interface SummaryDevice {
  id: string;
  userId: string;
  platform: PushPlatform;
  token: string;
  environment: "production" | "sandbox";
  topic: string | null;
}

async function loadDevices(db: Queryable, userIds: readonly string[]): Promise<SummaryDevice[]> {
  return db.query<SummaryDevice[]>(
    `SELECT id, userId, platform, token, environment, topic FROM device
      WHERE userId IN (${placeholders(userIds)}) AND disabledAt IS NULL AND ${deviceProof} <> 'ended'`,
    userIds,
  );
}

/** The same summary, tried again, has the same delivery id. */
function targetOf({ userId, summaryDueAt }: DueSummary, id: string, address: string): DeliveryTarget {
  return { id, address, deliveryId: deliveryIdOf(userId, id, summaryDueAt.getTime()) };
}

async function tellBy(
  channel: Channel,
  summaries: readonly DueSummary[],
  targetsOf: (summary: DueSummary) => DeliveryTarget[],
): Promise<string[]> {
  const planned = summaries.flatMap((summary) => {
    const targets = targetsOf(summary);
    const { count } = summary;
    const request: DeliveryRequest = {
      message: { type: "summary", count, title: titleOf(count) },
      targets,
    };
    return targets.length > 0 ? [{ userId: summary.userId, request }] : [];
  });
  const outcomes = await channel.deliver(planned.map(({ request }) => request));
  return planned.flatMap(({ userId }, index) =>
    outcomes[index]?.some(({ status }) => status === "accepted") ? [userId] : [],
  );
}

function titleOf(count: number): string {
  return count === 1 ? "1 alert came without a sound" : `${count} alerts came without a sound`;
}
