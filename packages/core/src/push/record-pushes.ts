import { type Pool, type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { chunks } from "@tocsin/db/chunks";
import { placeholders } from "@tocsin/db/sql";
import { cutText } from "@tocsin/rules-dsl";
import type { PushPlatform } from "@tocsin/platform/wake-ups";
import { groupCopies } from "../delivery/group-copies.ts";
import type { DeliveryCall } from "../delivery/make-calls.ts";
import { isDelivered } from "../delivery/may-be-told.ts";
import { recordAttempts } from "../delivery/record-attempts.ts";
import type { PushVerdict } from "./judge-push.ts";
import type { LeasedPush } from "./lease-pushes.ts";

/** The most rows of one statement. */
const chunkRows = 500;

/** A push notification that was tried. */
export interface TriedPush {
  push: LeasedPush;
  verdict: PushVerdict;
}

/** A device that its provider no longer knows. */
export interface GoneDevice {
  id: string;
  reason: string;
  /** What the provider learned; null: just now. */
  since: Date | null;
}

/** Writes down one try of some push notifications, all in one transaction. */
export async function recordPushes(
  pool: Pool,
  platform: PushPlatform,
  {
    tried,
    calls,
    gone,
  }: { tried: readonly TriedPush[]; calls: readonly DeliveryCall[]; gone: readonly GoneDevice[] },
): Promise<void> {
  const attempts = new Map(tried.map(({ push }) => [push.notificationId, push.attempt]));
  await withPoolTransaction(pool, async (connection) => {
    await recordReached(connection, tried);
    await recordAttempts(connection, platform, calls, (call) => attempts.get(call.notificationId) ?? 1);
    for (const some of chunks(tried, chunkRows)) await settle(connection, platform, some);
    for (const device of gone) await disable(connection, device);
  });
}

/** Who has it on a phone has been reached, whatever became of the screen. */
async function recordReached(connection: Queryable, tried: readonly TriedPush[]): Promise<void> {
  const reached = tried.flatMap(({ push, verdict }) => (verdict.status === "accepted" ? [push] : []));
  if (reached.length === 0) return;
  const ids = [...new Set(reached.map(({ notificationId }) => notificationId))].toSorted();
  await connection.query(
    `SELECT id FROM notification WHERE id IN (${placeholders(ids)}) ORDER BY id FOR UPDATE`,
    ids,
  );
  for (const { notificationIds, userIds } of groupCopies(reached)) {
    await connection.query(
      `UPDATE notification_recipient SET delivery = 'sent', deliveredAt = UTC_TIMESTAMP(3), errorCode = NULL
        WHERE notificationId IN (${placeholders(notificationIds)}) AND userId IN (${placeholders(userIds)})
          AND delivery = 'failed'`,
      [...notificationIds, ...userIds],
    );
  }
  await connection.query(
    `UPDATE notification
        SET delivered = ${isDelivered},
            deliveredAt = IF(delivered AND deliveredAt IS NULL, UTC_TIMESTAMP(3), deliveredAt)
      WHERE id IN (${placeholders(ids)})`,
    ids,
  );
}

/**
 * Where the person acted while the provider was being asked, the row says "cancelled" by now: what was sent all the same
 * is withdrawn, and what was not is not tried again. A row of a later round is left alone.
 */
async function settle(
  connection: Queryable,
  platform: PushPlatform,
  tried: readonly TriedPush[],
): Promise<void> {
  const row =
    "(?, ?, ?, ?, ?, UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND, ?, ?, ?, IF(?, UTC_TIMESTAMP(3), NULL))";
  await connection.query(
    `INSERT INTO push_delivery
       (notificationId, deviceId, userId, platform, status, dueAt, round, providerId, errorCode, sentAt)
     VALUES ${tried.map(() => row).join(", ")}
     ON DUPLICATE KEY UPDATE
       dueAt = CASE WHEN round <> VALUES(round) THEN dueAt
                    WHEN status = 'cancelled' THEN IF(VALUES(status) = 'accepted', UTC_TIMESTAMP(3), NULL)
                    WHEN status = 'withdrawing' AND VALUES(status) = 'accepted' THEN UTC_TIMESTAMP(3)
                    ELSE VALUES(dueAt) END,
       providerId = COALESCE(VALUES(providerId), providerId),
       errorCode = IF(round = VALUES(round), VALUES(errorCode), errorCode),
       sentAt = COALESCE(VALUES(sentAt), sentAt),
       status = CASE WHEN round <> VALUES(round) THEN status
                     WHEN status IN ('cancelled', 'withdrawing') AND VALUES(status) = 'accepted' THEN 'withdrawing'
                     WHEN status = 'cancelled' OR VALUES(status) = 'pending' THEN status
                     ELSE VALUES(status) END`,
    tried.flatMap(({ push, verdict }) => [
      push.notificationId,
      push.deviceId,
      push.userId,
      platform,
      verdict.status,
      verdict.delay === null ? null : verdict.delay * 1000,
      push.round,
      verdict.providerId === null ? null : cutText(verdict.providerId, 100),
      verdict.errorCode === null ? null : cutText(verdict.errorCode, 100),
      verdict.status === "accepted",
    ]),
  );
}

/** One that told of itself after its provider gave it up is in use again. */
async function disable(connection: Queryable, { id, reason, since }: GoneDevice): Promise<void> {
  await connection.query(
    `UPDATE device SET disabledAt = UTC_TIMESTAMP(3), disabledReason = ?
      WHERE id = ? AND disabledAt IS NULL AND lastSeenAt <= COALESCE(?, UTC_TIMESTAMP(3))`,
    [cutText(reason, 100), id, since],
  );
}
