import { type Pool, type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { cutText } from "@tocsin/rules-dsl";
import type { AuditEntry } from "../audit/record-audit.ts";
import { recordAudits } from "../audit/record-audits.ts";
import type { Channel, DeliveryOutcome } from "./channel.ts";
import { type CopyGroup, type CopyPlace, groupCopies } from "./group-copies.ts";
import type { DeliveryVerdict } from "./judge-delivery.ts";
import type { LeasedDelivery } from "./load-leased.ts";
import type { DeliveryCall } from "./make-calls.ts";
import { isDelivered, noAccess } from "./may-be-told.ts";
import { recordAttempts } from "./record-attempts.ts";

/** A delivery that was tried, with what is left to do. */
export interface TriedDelivery {
  delivery: Pick<LeasedDelivery, "id" | "round" | "attempt">;
  calls: readonly DeliveryCall[];
  /** Those who have a copy, and may not be told of it any more. */
  excluded: readonly CopyPlace[];
  /** All who have a copy are among them. */
  isForNobody: boolean;
  verdict: DeliveryVerdict;
}

/**
 * Writes down one try of some deliveries, all in one transaction: the requests, who was reached, what became of each
 * notification, and the audit line of those that are finished. The statements are sent together, and done one after the
 * other.
 * @returns those that counted: not the ones that were repeated, or taken over by another worker, meanwhile
 */
export async function recordDeliveries<Tried extends TriedDelivery>(
  pool: Pool,
  channel: Channel["name"],
  tried: readonly Tried[],
): Promise<Tried[]> {
  return withPoolTransaction(pool, async (connection) => {
    const current = await lockCurrent(connection, tried);
    const attempts = new Map(tried.map(({ delivery }) => [delivery.id, delivery.attempt]));
    const calls = tried.flatMap((one) => one.calls);
    await Promise.all([
      recordAttempts(connection, channel, calls, (call) => attempts.get(call.notificationId) ?? 1),
      recordReached(connection, current),
      giveUp(connection, current),
      settleNotifications(connection, current),
      recordAudits(
        connection,
        current.flatMap((one) => auditOf(channel, one)),
      ),
    ]);
    return current;
  });
}

/** The line of a delivery that is finished. */
function auditOf(
  channel: Channel["name"],
  { delivery: { id, attempt }, verdict, isForNobody }: TriedDelivery,
): AuditEntry[] {
  if (verdict.next === "again" || isForNobody) return [];
  const isGivenUp = verdict.next === "give up";
  return [
    {
      action: isGivenUp ? "notification.delivery_failed" : "notification.delivered",
      resourceType: "notification",
      resourceId: id,
      metadata: { channel, attempts: attempt, ...(isGivenUp && { errorCode: verdict.errorCode }) },
    },
  ];
}

/**
 * Those that are still this worker's. What was sent before a repetition does not count for it; and where the lease was
 * over before the calls were, whoever took it over makes them again, and settles it.
 */
async function lockCurrent<Tried extends TriedDelivery>(
  connection: Queryable,
  tried: readonly Tried[],
): Promise<Tried[]> {
  const ids = tried.map(({ delivery }) => delivery.id).toSorted();
  const rows = await connection.query<{ id: string; round: number; attempt: number }[]>(
    `SELECT id, escalationLevel AS round, deliveryAttempts AS attempt FROM notification
      WHERE id IN (${placeholders(ids)}) ORDER BY id FOR UPDATE`,
    ids,
  );
  const current = new Map(rows.map((row) => [row.id, row]));
  return tried.filter(({ delivery: { id, round, attempt } }) => {
    const row = current.get(id);
    return row?.round === round && row.attempt === attempt;
  });
}

/** Who was reached, and who never can be. */
async function recordReached(connection: Queryable, tried: readonly TriedDelivery[]): Promise<void> {
  const results = tried.flatMap(({ calls, excluded }) => [
    ...calls.flatMap(({ notificationId, targets, outcomes }) =>
      targets.flatMap(({ id: userId }, index) => resultOf(outcomes[index], { notificationId, userId })),
    ),
    ...excluded.map(({ notificationId, userId }) => ({ notificationId, userId, errorCode: noAccess })),
  ]);
  const byError = [...Map.groupBy(results, (result) => result.errorCode)];
  await Promise.all(
    byError.flatMap(([errorCode, some]) =>
      groupCopies(some).map((copies) => markReached(connection, copies, errorCode)),
    ),
  );
}

async function markReached(
  connection: Queryable,
  { notificationIds, userIds }: CopyGroup,
  errorCode: string | null,
): Promise<void> {
  await connection.query(
    `UPDATE notification_recipient
        SET delivery = ?, deliveredAt = IF(?, UTC_TIMESTAMP(3), NULL), errorCode = ?
      WHERE notificationId IN (${placeholders(notificationIds)}) AND userId IN (${placeholders(userIds)})
        AND delivery = 'pending'`,
    [errorCode === null ? "sent" : "failed", errorCode === null, errorCode, ...notificationIds, ...userIds],
  );
}

function resultOf(
  outcome: DeliveryOutcome | undefined,
  place: CopyPlace,
): (CopyPlace & { errorCode: string | null })[] {
  if (!outcome || outcome.status === "transient") return [];
  return [{ ...place, errorCode: outcome.status === "accepted" ? null : cutText(outcome.errorCode, 100) }];
}

/** Whoever could not be reached so far will not be, on this channel. The inbox has it. */
async function giveUp(connection: Queryable, tried: readonly TriedDelivery[]): Promise<void> {
  await Promise.all(
    tried.map(async ({ delivery, verdict }) => {
      if (verdict.next !== "give up") return;
      await connection.query(
        "UPDATE notification_recipient SET delivery = 'failed', errorCode = ? WHERE notificationId = ? AND delivery = 'pending'",
        [cutText(verdict.errorCode, 100), delivery.id],
      );
    }),
  );
}

const isWaiting = `delivery = 'pending' AND acknowledgedAt IS NULL AND deletedAt IS NULL`;

async function settleNotifications(connection: Queryable, tried: readonly TriedDelivery[]): Promise<void> {
  if (tried.length === 0) return;
  const sent = tried
    .filter(({ calls }) => calls.some(({ outcomes }) => outcomes.some(({ status }) => status === "accepted")))
    .map(({ delivery }) => delivery.id);
  const again = tried.flatMap(({ delivery, verdict }) =>
    verdict.next === "again" ? [[delivery.id, verdict.delay * 1000]] : [],
  );
  const ids = tried.map(({ delivery }) => delivery.id);
  const forNobody = tried.flatMap(({ delivery, isForNobody }) => (isForNobody ? [delivery.id] : []));
  const due = `IF(EXISTS (SELECT 1 FROM notification_recipient AS waiting
                           WHERE waiting.notificationId = notification.id AND ${isWaiting}), deliveryDueAt, NULL)`;
  const delays = again.map(() => "WHEN ? THEN UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND").join(" ");
  await connection.query(
    `UPDATE notification
        SET pusherEventSent = pusherEventSent OR ${sent.length > 0 ? `id IN (${placeholders(sent)})` : "FALSE"},
            delivered = ${isDelivered},
            deliveredAt = IF(delivered AND deliveredAt IS NULL, UTC_TIMESTAMP(3), deliveredAt),
            deliveryDueAt = ${again.length > 0 ? `CASE id ${delays} ELSE ${due} END` : due}
      WHERE id IN (${placeholders(ids)})`,
    [...sent, ...again.flat(), ...ids],
  );
  if (forNobody.length > 0) await findOthers(connection, forNobody);
}

/** All who were alerted have left before they were told: the next escalation finds those who hold the roles by now. */
async function findOthers(connection: Queryable, ids: readonly string[]): Promise<void> {
  await connection.query(
    `UPDATE notification SET nextEscalationAt = UTC_TIMESTAMP(3)
      WHERE id IN (${placeholders(ids)}) AND kind = 'alert' AND escalationLevel = 0`,
    ids,
  );
}
