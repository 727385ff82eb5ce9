import { userChannel } from "@tocsin/contracts/realtime";
import { type Pool, type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import type { Logger } from "@tocsin/platform/logger";
import type { PushPlatform } from "@tocsin/platform/wake-ups";
import type { Channel, DeliveryRequest, DeliveryTarget } from "../delivery/channel.ts";
import { deliveryIdOf } from "../delivery/delivery-id.ts";
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
  held: number;
  summaryDueAt: Date;
  unread: number;
}

/**
 * Tells people how many alerts came without interrupting them: after their quiet hours, or when the rush is over. Who
 * has read everything meanwhile is told nothing; who is in quiet hours is told after them.
 * @returns how many people were told
 */
export async function sendSummaries(services: SummaryServices): Promise<number> {
  const { pool, log, clock } = services;
  const due = await leaseDue(pool);
  if (due.length === 0) return 0;
  const wishes = await loadPreferences(
    pool,
    due.map(({ userId }) => userId),
  );
  const told: DueSummary[] = [];
  for (const summary of due) {
    const quietHours = wishes.get(summary.userId)?.quietHours;
    const quietUntil = quietHours && weeklyEnd(quietHours, clock());
    if (summary.unread === 0) await settle(pool, summary);
    else if (quietUntil) await postpone(pool, summary.userId, quietUntil);
    else told.push(summary);
  }
  const reached = await tell(services, told);
  for (const summary of told) if (reached.has(summary.userId)) await settle(pool, summary);
  log.info("Summaries were sent", { due: due.length, reached: reached.size });
  return reached.size;
}

async function leaseDue(pool: Pool): Promise<DueSummary[]> {
  return withPoolTransaction(pool, async (connection) => {
    const due = await connection.query<DueSummary[]>(
      `SELECT userId, held, summaryDueAt, unread FROM user_inbox
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

/** What came meanwhile is left for the next summary. */
async function settle(db: Queryable, { userId, held }: DueSummary): Promise<void> {
  await db.query(
    `UPDATE user_inbox
        SET held = GREATEST(held - ?, 0), summaryDueAt = IF(held > 0, summaryDueAt, NULL) WHERE userId = ?`,
    [held, userId],
  );
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
      WHERE userId IN (${placeholders(userIds)}) AND disabledAt IS NULL`,
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
    const request: DeliveryRequest = {
      message: { type: "summary", count: summary.held, title: titleOf(summary.held) },
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
