import { userChannel } from "@tocsin/contracts/realtime";
import { chunks } from "@tocsin/db/chunks";
import { type Pool, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import type { Logger } from "@tocsin/platform/logger";
import { tellRecipients } from "../notifications/tell-recipients.ts";
import type { Channel } from "./channel.ts";
import { deliveryIdOf } from "./delivery-id.ts";
import { judgeDelivery } from "./judge-delivery.ts";
import { keepLease } from "./keep-lease.ts";
import { jobLeaseMs, type Lease, newLease } from "./lease.ts";
import { makeCalls } from "./make-calls.ts";
import { noAccess } from "./may-be-told.ts";
import { prolongLease } from "./prolong-lease.ts";
import type { DeliveryToRepeat } from "./deliver-notifications.ts";
import type { PlannedRequest } from "./plan-requests.ts";

/** Screens that cannot be told within so many tries, about a minute, find out when they next ask. */
const maximumAttempts = 8;

/** What is to be tried again. */
interface WithdrawalToRepeat extends DeliveryToRepeat {
  /** How often Pusher was asked. */
  attempts: number;
}

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
  const lease = newLease(jobLeaseMs);
  const ended = await take(pool, notificationIds, lease);
  if (ended.length === 0) return [];
  const planned = await planWithdrawals(pool, ended, channel.maximumTargets);
  const ids = ended.map(({ id }) => id);
  const prolong = async () =>
    new Set((await prolongLease(pool, "withdrawal", { lease, ids })).map(({ id }) => withdrawalIdOf(id)));
  const calls = await keepLease({ lease, name: "withdrawal from screens", log }, prolong, (mayCall) =>
    makeCalls(services, planned, mayCall),
  );
  const callsOf = Map.groupBy(calls, ({ notificationId }) => notificationId);
  const verdicts = ended.map(({ id, attempt }) => ({
    ...{ id, attempt, verdict: judgeDelivery(attempt, callsOf.get(id) ?? []) },
  }));
  const again = verdicts.flatMap(({ id, attempt, verdict }) => {
    if (verdict.next !== "again" || (verdict.isTry && attempt >= maximumAttempts)) return [];
    return [{ notificationId: id, delay: verdict.delay, attempts: verdict.isTry ? attempt : attempt - 1 }];
  });
  await settle(pool, lease, { ended, again });
  log.info("Alerts were withdrawn from screens", { count: ended.length, again: again.length });
  return again;
}

async function take(pool: Pool, ids: readonly string[], lease: Lease): Promise<EndedAlert[]> {
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
          SET withdrawLease = ?, withdrawDueAt = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND,
              withdrawAttempts = withdrawAttempts + 1
        WHERE id IN (${placeholders(due)})`,
      [lease.id, lease.forMs * 1000, ...due.map(({ id }) => id)],
    );
    return due;
  });
}

function withdrawalIdOf(notificationId: string): string {
  return deliveryIdOf(notificationId, "withdrawal", 0);
}

/** Whoever may have it on a screen, whatever their copy says by now: a repetition makes it "pending" again. */
async function planWithdrawals(
  pool: Pool,
  ended: readonly EndedAlert[],
  maximumTargets: number,
): Promise<PlannedRequest[]> {
  const recipients = await pool.query<{ notificationId: string; userId: string }[]>(
    `SELECT copy.notificationId, copy.userId
       FROM notification_recipient AS copy JOIN notification ON notification.id = copy.notificationId
      WHERE copy.notificationId IN (${placeholders(ended)})
        AND (copy.deliveredAt IS NOT NULL
             OR notification.deliveryAttempts > 0 AND NOT (copy.errorCode <=> '${noAccess}'))
      ORDER BY copy.notificationId, copy.userId`,
    ended.map(({ id }) => id),
  );
  const recipientsOf = Map.groupBy(recipients, ({ notificationId }) => notificationId);
  return ended.flatMap(({ id, isResolved }) => {
    const deliveryId = withdrawalIdOf(id);
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

/** What was asked for anew meanwhile, because it was shown once more, stays due. */
async function settle(
  pool: Pool,
  lease: Lease,
  { ended, again }: { ended: readonly EndedAlert[]; again: readonly WithdrawalToRepeat[] },
): Promise<void> {
  const cases = again.map(() => "WHEN ? THEN");
  const dueAt = cases.map((some) => `${some} UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND`).join(" ");
  const attempts = cases.map((some) => `${some} ?`).join(" ");
  await pool.query(
    `UPDATE notification
        SET withdrawDueAt = ${again.length > 0 ? `CASE id ${dueAt} ELSE NULL END` : "NULL"},
            withdrawAttempts = ${again.length > 0 ? `CASE id ${attempts} ELSE withdrawAttempts END` : "withdrawAttempts"}
      WHERE id IN (${placeholders(ended)}) AND withdrawLease = ?`,
    [
      ...again.flatMap(({ notificationId, delay }) => [notificationId, delay * 1000]),
      ...again.flatMap((one) => [one.notificationId, one.attempts]),
      ...ended.map(({ id }) => id),
      lease.id,
    ],
  );
}
