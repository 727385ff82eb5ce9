import { type Pool, type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { chunks } from "@tocsin/db/chunks";
import { placeholders } from "@tocsin/db/sql";
import { cutText } from "@tocsin/rules-dsl";
import type { PushPlatform } from "@tocsin/contracts/channels";
import { groupCopies } from "../delivery/group-copies.ts";
import type { DeliveryCall } from "../delivery/make-calls.ts";
import { isDelivered } from "../delivery/may-be-told.ts";
import { recordAttempts } from "../delivery/record-attempts.ts";
import type { Lease } from "../delivery/lease.ts";
import type { PushVerdict } from "./judge-push.ts";
import type { LeasedPush } from "./lease-pushes.ts";
import { type PushRow, settlePush, type SettledPush } from "./settle-push.ts";

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

/**
 * Writes down one try of some push notifications, all in one transaction.
 * @returns those that were over by the time they were sent, and are to be withdrawn now
 */
export async function recordPushes(
  pool: Pool,
  { platform, lease }: { platform: PushPlatform; lease: Pick<Lease, "id"> },
  {
    tried,
    calls,
    gone,
  }: { tried: readonly TriedPush[]; calls: readonly DeliveryCall[]; gone: readonly GoneDevice[] },
): Promise<LeasedPush[]> {
  const attempts = new Map(tried.map(({ push }) => [push.notificationId, push.attempt]));
  return withPoolTransaction(pool, async (connection) => {
    await recordReached(connection, tried);
    await recordAttempts(connection, platform, calls, (call) => attempts.get(call.notificationId) ?? 1);
    const toWithdraw: LeasedPush[] = [];
    for (const some of chunks(tried, chunkRows)) {
      toWithdraw.push(...(await settle(connection, { platform, lease }, some)));
    }
    for (const device of gone) await disable(connection, device);
    return toWithdraw;
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

/** @returns those that are to be withdrawn now */
async function settle(
  connection: Queryable,
  { platform, lease }: { platform: PushPlatform; lease: Pick<Lease, "id"> },
  tried: readonly TriedPush[],
): Promise<LeasedPush[]> {
  const rows = await lockOwn(connection, lease, tried);
  const own: (TriedPush & { settled: SettledPush })[] = [];
  const taken: LeasedPush[] = [];
  for (const one of tried) {
    const row = rows.get(keyOf(one.push));
    if (row) own.push({ ...one, settled: settlePush(row, one) });
    else if (one.verdict.status === "accepted" && one.push.status === "pending") taken.push(one.push);
  }
  if (own.length > 0) await writeOwn(connection, platform, own);
  if (taken.length > 0) await noteLate(connection, taken);
  const isStopped = ({ push, settled }: (typeof own)[number]) =>
    push.status === "pending" && settled.status === "withdrawing";
  return [...own.filter(isStopped).map(({ push }) => push), ...taken];
}

function keyOf({ notificationId, deviceId }: Pick<LeasedPush, "notificationId" | "deviceId">): string {
  return `${notificationId}:${deviceId}`;
}

/** The rows that are still under this worker's lease: not those that others took over, or that were repeated. */
async function lockOwn(
  connection: Queryable,
  lease: Pick<Lease, "id">,
  tried: readonly TriedPush[],
): Promise<Map<string, PushRow>> {
  const ids = [...new Set(tried.map(({ push }) => push.notificationId))];
  const rows = await connection.query<
    (Pick<PushRow, "status"> & Pick<LeasedPush, "notificationId" | "deviceId"> & { wasSent: number })[]
  >(
    `SELECT notificationId, deviceId, status, sentAt IS NOT NULL AS wasSent
       FROM push_delivery FORCE INDEX (PRIMARY)
      WHERE notificationId IN (${placeholders(ids)}) AND leaseId = ?
      ORDER BY notificationId, deviceId FOR UPDATE`,
    [...ids, lease.id],
  );
  return new Map(rows.map((row) => [keyOf(row), { status: row.status, wasSent: row.wasSent === 1 }]));
}

/** The rows are there and locked: each INSERT meets its row. */
async function writeOwn(
  connection: Queryable,
  platform: PushPlatform,
  own: readonly (TriedPush & { settled: SettledPush })[],
): Promise<void> {
  const row = `(?, ?, ?, ?, ?, UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND, ?, ?, ?, IF(?, UTC_TIMESTAMP(3), NULL),
                IF(?, UTC_TIMESTAMP(3), NULL))`;
  await connection.query(
    `INSERT INTO push_delivery
       (notificationId, deviceId, userId, platform, status, dueAt, attempts, providerId, errorCode, sentAt, calledAt)
     VALUES ${own.map(() => row).join(", ")}
     ON DUPLICATE KEY UPDATE
       status = VALUES(status), dueAt = VALUES(dueAt), attempts = VALUES(attempts), leaseId = NULL,
       providerId = COALESCE(VALUES(providerId), providerId), errorCode = VALUES(errorCode),
       sentAt = COALESCE(VALUES(sentAt), sentAt),
       calledAt = IF(VALUES(calledAt) IS NULL, NULL, COALESCE(calledAt, VALUES(calledAt)))`,
    own.flatMap(({ push, verdict, settled }) => [
      push.notificationId,
      push.deviceId,
      push.userId,
      platform,
      settled.status,
      settled.delay === null ? null : settled.delay * 1000,
      settled.attempts,
      verdict.providerId === null ? null : cutText(verdict.providerId, 100),
      verdict.errorCode === null ? null : cutText(verdict.errorCode, 100),
      settled.isSent,
      settled.isUncertain,
    ]),
  );
}

/**
 * A provider took these after their row was another's: somebody else sends them again, or they were repeated, and how that
 * goes is not for us to say. Only where they are over already there is something to take away once more.
 */
async function noteLate(connection: Queryable, taken: readonly LeasedPush[]): Promise<void> {
  await connection.query(
    `UPDATE push_delivery
        SET dueAt = IF(status IN ('cancelled', 'withdrawing', 'withdrawn'), UTC_TIMESTAMP(3), dueAt),
            leaseId = IF(status IN ('cancelled', 'withdrawing', 'withdrawn'), NULL, leaseId),
            status = IF(status IN ('cancelled', 'withdrawn'), 'withdrawing', status),
            sentAt = COALESCE(sentAt, UTC_TIMESTAMP(3))
      WHERE (notificationId, deviceId) IN (${taken.map(() => "(?, ?)").join(", ")})`,
    taken.flatMap(({ notificationId, deviceId }) => [notificationId, deviceId]),
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
