import { type Pool, type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { cutText } from "@tocsin/rules-dsl";
import type { AuditEntry } from "../audit/record-audit.ts";
import { recordAudits } from "../audit/record-audits.ts";
import { type Channel, type DeliveryOutcome, mayBeTaken } from "./channel.ts";
import { type CopyGroup, type CopyPlace, groupCopies } from "./group-copies.ts";
import type { DeliveryVerdict } from "./judge-delivery.ts";
import type { Lease } from "./lease.ts";
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
 * @returns those that counted: not the ones that were repeated, or taken over by another worker, meanwhile; and those
 * that may be on screens although they are over, which are to be taken away
 */
export async function recordDeliveries<Tried extends TriedDelivery>(
  pool: Pool,
  { channel, lease }: { channel: Channel["name"]; lease: Pick<Lease, "id"> },
  tried: readonly Tried[],
): Promise<{ recorded: Tried[]; overIds: string[] }> {
  return withPoolTransaction(pool, async (connection) => {
    const { current, overIds } = await lockTried(connection, lease, tried);
    const attempts = new Map(tried.map(({ delivery }) => [delivery.id, delivery.attempt]));
    const calls = tried.flatMap((one) => one.calls);
    await Promise.all([
      recordAttempts(connection, channel, calls, (call) => attempts.get(call.notificationId) ?? 1),
      recordReached(connection, current),
      giveUp(connection, current),
      settleNotifications(connection, current),
      withdrawAgain(connection, overIds),
      recordAudits(
        connection,
        current.flatMap((one) => auditOf(channel, one)),
      ),
    ]);
    return { recorded: current, overIds };
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
 * Those that are still this worker's: what was sent before a repetition does not count for it; and where the lease was
 * over before the calls were, whoever took it over makes them again, and settles it. And those that somebody acknowledged,
 * or that were resolved, while screens were called.
 */
async function lockTried<Tried extends TriedDelivery>(
  connection: Queryable,
  lease: Pick<Lease, "id">,
  tried: readonly Tried[],
): Promise<{ current: Tried[]; overIds: string[] }> {
  const ids = tried.map(({ delivery }) => delivery.id).toSorted();
  const rows = await connection.query<{ id: string; round: number; lease: string | null; isOver: number }[]>(
    `SELECT id, escalationLevel AS round, deliveryLease AS lease,
            (acknowledgedAt IS NOT NULL OR resolvedAt IS NOT NULL) AS isOver
       FROM notification WHERE id IN (${placeholders(ids)}) ORDER BY id FOR UPDATE`,
    ids,
  );
  const known = new Map(rows.map((row) => [row.id, row]));
  return {
    current: tried.filter(({ delivery: { id, round } }) => {
      const row = known.get(id);
      return row?.round === round && row.lease === lease.id;
    }),
    overIds: tried.flatMap(({ delivery: { id }, calls }) =>
      known.get(id)?.isOver && calls.some(({ outcomes }) => outcomes.some(mayBeTaken)) ? [id] : [],
    ),
  };
}

/** The withdrawal that the end of these asked for may have been made before they were shown. */
async function withdrawAgain(connection: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await connection.query(
    `UPDATE notification SET withdrawDueAt = UTC_TIMESTAMP(3), withdrawAttempts = 0, withdrawLease = NULL
      WHERE id IN (${placeholders(ids)})`,
    ids,
  );
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
  if (!outcome || outcome.status === "transient" || outcome.status === "not_called") return [];
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
  const notAsked = tried.flatMap(({ delivery, verdict }) =>
    verdict.next === "again" && !verdict.isTry ? [delivery.id] : [],
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
            deliveryAttempts = deliveryAttempts - ${notAsked.length > 0 ? `(id IN (${placeholders(notAsked)}))` : "0"},
            deliveryDueAt = ${again.length > 0 ? `CASE id ${delays} ELSE ${due} END` : due}
      WHERE id IN (${placeholders(ids)})`,
    [...sent, ...notAsked, ...again.flat(), ...ids],
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
