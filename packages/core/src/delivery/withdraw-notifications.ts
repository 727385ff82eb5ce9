import { userChannel } from "@tocsin/contracts/realtime";
import { chunks } from "@tocsin/db/chunks";
import { type Pool, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import type { Logger } from "@tocsin/platform/logger";
import { tellRecipients } from "../notifications/tell-recipients.ts";
import type { Channel } from "./channel.ts";
import { deliveryIdOf } from "./delivery-id.ts";
import { judgeDelivery } from "./judge-delivery.ts";
import { callBudgetOf, jobLeaseMs } from "./lease.ts";
import { makeCalls } from "./make-calls.ts";
import type { DeliveryToRepeat } from "./deliver-notifications.ts";
import type { PlannedRequest } from "./plan-requests.ts";

/** Screens that cannot be told within so many tries, about a minute, find out when they next ask. */
const maximumAttempts = 8;

interface EndedAlert {
  id: string;
  isResolved: number;
  attempt: number;
}

/** Tells the screens of everyone who was alerted that an alert is seen to, or over. */
export async function withdrawNotifications(
  services: { pool: Pool; log: Logger; clock: () => Date; channel: Channel },
  { notificationIds }: { notificationIds: readonly string[] },
): Promise<DeliveryToRepeat[]> {
  const { pool, log, channel } = services;
  // Whoever asks because of what a screen is told must find it.
  await tellRecipients(pool, notificationIds);
  const ended = await lease(pool, notificationIds);
  if (ended.length === 0) return [];
  const planned = await planWithdrawals(pool, ended, channel.maximumTargets);
  const calls = await makeCalls(services, planned, callBudgetOf(jobLeaseMs));
  const verdicts = ended.map(({ id, attempt }) => {
    const own = calls.filter(({ notificationId }) => notificationId === id);
    const isComplete = own.length === planned.filter(({ notificationId }) => notificationId === id).length;
    return { id, attempt, verdict: judgeDelivery(attempt, own, isComplete) };
  });
  const again = verdicts.flatMap(({ id, attempt, verdict }) =>
    verdict.next === "again" && attempt < maximumAttempts
      ? [{ notificationId: id, delay: verdict.delay }]
      : [],
  );
  await settle(
    pool,
    verdicts.map(({ id }) => id),
    again,
  );
  log.info("Alerts were withdrawn from screens", { count: ended.length, again: again.length });
  return again;
}

async function lease(pool: Pool, ids: readonly string[]): Promise<EndedAlert[]> {
  return withPoolTransaction(pool, async (connection) => {
    const due = await connection.query<EndedAlert[]>(
      `SELECT id, resolvedAt IS NOT NULL AS isResolved, withdrawAttempts + 1 AS attempt
         FROM notification FORCE INDEX (PRIMARY)
        WHERE id IN (${placeholders(ids)}) AND withdrawDueAt <= UTC_TIMESTAMP(3)
        ORDER BY id FOR UPDATE`,
      ids,
    );
    if (due.length === 0) return [];
    await connection.query(
      `UPDATE notification
          SET withdrawDueAt = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND, withdrawAttempts = withdrawAttempts + 1
        WHERE id IN (${placeholders(due)})`,
      [jobLeaseMs * 1000, ...due.map(({ id }) => id)],
    );
    return due;
  });
}

async function planWithdrawals(
  pool: Pool,
  ended: readonly EndedAlert[],
  maximumTargets: number,
): Promise<PlannedRequest[]> {
  const recipients = await pool.query<{ notificationId: string; userId: string }[]>(
    `SELECT notificationId, userId FROM notification_recipient
      WHERE notificationId IN (${placeholders(ended)}) AND delivery = 'sent'
      ORDER BY notificationId, userId`,
    ended.map(({ id }) => id),
  );
  const recipientsOf = Map.groupBy(recipients, ({ notificationId }) => notificationId);
  return ended.flatMap(({ id, isResolved }) => {
    const deliveryId = deliveryIdOf(id, "withdrawal", 0);
    return chunks(recipientsOf.get(id) ?? [], maximumTargets).map((some) => ({
      notificationId: id,
      request: {
        message: {
          type: "withdrawal",
          notificationId: id,
          reason: isResolved ? "resolved" : "acknowledged",
        },
        targets: some.map(({ userId }) => ({ id: userId, address: userChannel(userId), deliveryId })),
      },
    }));
  });
}

async function settle(pool: Pool, ids: readonly string[], again: readonly DeliveryToRepeat[]): Promise<void> {
  const delays = again.map(() => "WHEN ? THEN UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND").join(" ");
  await pool.query(
    `UPDATE notification SET withdrawDueAt = ${again.length > 0 ? `CASE id ${delays} ELSE NULL END` : "NULL"}
      WHERE id IN (${placeholders(ids)})`,
    [...again.flatMap(({ notificationId, delay }) => [notificationId, delay * 1000]), ...ids],
  );
}
