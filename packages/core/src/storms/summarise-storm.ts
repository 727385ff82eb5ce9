import { newId } from "@tocsin/db/ids";
import { isInfrastructureError } from "@tocsin/db/errors";
import { type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { audienceOf } from "../pipeline/audience.ts";
import { chooseRecipients } from "../pipeline/choose-recipients.ts";
import { loadStoredRule } from "../pipeline/load-snapshot.ts";
import {
  type NewNotification,
  stormBegun,
  stormClosed,
  stormDigest,
  type StormFacts,
} from "../pipeline/new-notification.ts";
import type { PipelineServices } from "../pipeline/process-batch.ts";
import { isStormOver, stormPolicyOf } from "../pipeline/storm-policy.ts";
import { isDue, writeNotifications } from "../pipeline/write-notifications.ts";
import { writeRecipients } from "../pipeline/write-recipients.ts";
import { stopPushes } from "../push/stop-pushes.ts";

/** A storm as its rule's gate holds it. */
interface OpenGate {
  stormId: string;
  suppressed: number;
  /** How many of them stand in digests already. */
  digested: number;
  digestNo: number;
}

/** What came of it; `next` says when the storm is due again, and under which number. */
export interface StormSummary {
  dueNotificationIds: string[];
  next: { digestNo: number; windowSeconds: number } | null;
}

const nothing: StormSummary = { dueNotificationIds: [], next: null };

/**
 * Tells the people of a storm what it held back since the last summary, and ends it after a whole window with little in
 * it. Does nothing where no summary is due, so that it may be woken as often as one likes. The counts are exact: what
 * a gate held back stands in exactly one summary.
 */
export async function summariseStorm(services: PipelineServices, ruleId: string): Promise<StormSummary> {
  const { pool, snapshots, stormDefaults } = services;
  const [rule, { directory }] = await Promise.all([loadStoredRule(pool, ruleId), snapshots.current()]);
  if (!rule) return nothing;
  const holders = {
    recipients: directory.holdersOf(rule.targetRoleIds),
    escalation: directory.holdersOf(rule.escalationRoleIds),
  };
  const { recipients } = chooseRecipients(holders, directory);
  const policy = stormPolicyOf(rule, stormDefaults);

  return withPoolTransaction(pool, async (connection) => {
    const gate = await lockDueGate(connection, ruleId);
    if (!gate) return nothing;
    const heldBack = gate.suppressed - gate.digested;
    const isOver = isStormOver(heldBack, policy);
    const storm: StormFacts = {
      ...{ ...policy, stormId: gate.stormId, rule, recipients },
      ...audienceOf({ ...rule, ...holders }, directory),
    };
    const digestNo = gate.digestNo + 1;
    const notifications: NewNotification[] = [
      ...(heldBack > 0 && rule.stormMode === "digest"
        ? [stormDigest(storm, newId(), digestNo, heldBack)]
        : []),
      ...(isOver ? [stormClosed(storm, newId(), gate.suppressed)] : []),
    ];
    if (isOver) await endStorm(connection, { ruleId, stormId: gate.stormId });
    else await advanceGate(connection, ruleId, digestNo, policy.windowSeconds);
    const written = await writeNotices(services, connection, notifications);
    return {
      dueNotificationIds: written.filter(isDue).map(({ id }) => id),
      next: isOver ? null : { digestNo, windowSeconds: policy.windowSeconds },
    };
  });
}

/**
 * Notices that cannot be written, whatever is wrong with them, are logged and left out: the storm must end all the same,
 * or nobody would hear of its rule again.
 * @returns those that were written
 */
async function writeNotices(
  { log }: PipelineServices,
  connection: Queryable,
  notices: readonly NewNotification[],
): Promise<readonly NewNotification[]> {
  if (notices.length === 0) return notices;
  await connection.query("SAVEPOINT notices");
  try {
    await writeNotifications(connection, notices);
    await writeRecipients(connection, notices);
    return notices;
  } catch (error) {
    if (isInfrastructureError(error)) throw error;
    await connection.query("ROLLBACK TO SAVEPOINT notices");
    const titles = notices.map(({ title }) => title);
    log.error("A storm goes on or ends without a word: its notices cannot be written", { titles, error });
    return [];
  }
}

async function lockDueGate(connection: Queryable, ruleId: string): Promise<OpenGate | undefined> {
  const [gate] = await connection.query<(OpenGate & { isDue: number })[]>(
    `SELECT stormId, suppressed, digested, digestNo, COALESCE(nextDigestAt <= UTC_TIMESTAMP(3), FALSE) AS isDue
       FROM rule_gate WHERE ruleId = ? AND stormId IS NOT NULL FOR UPDATE`,
    [ruleId],
  );
  return gate?.isDue ? gate : undefined;
}

async function advanceGate(
  connection: Queryable,
  ruleId: string,
  digestNo: number,
  windowSeconds: number,
): Promise<void> {
  await connection.query(
    `UPDATE rule_gate SET digested = suppressed, digestNo = ?, nextDigestAt = UTC_TIMESTAMP(3) + INTERVAL ? SECOND
      WHERE ruleId = ?`,
    [digestNo, windowSeconds, ruleId],
  );
}

/** What told that it had begun is true no longer: it is neither repeated nor shown. */
async function endStorm(
  connection: Queryable,
  { ruleId, stormId }: { ruleId: string; stormId: string },
): Promise<void> {
  await closeGate(connection, ruleId);
  const begun = await connection.query<{ id: string }[]>(
    "SELECT id FROM notification WHERE sourceKey = ? AND resolvedAt IS NULL FOR UPDATE",
    [stormBegun(stormId)],
  );
  const ids = begun.map(({ id }) => id);
  if (ids.length === 0) return;
  await connection.query(
    `UPDATE notification
        SET resolvedAt = UTC_TIMESTAMP(3), deliveryDueAt = NULL, nextEscalationAt = NULL,
            withdrawDueAt = UTC_TIMESTAMP(3), tellDueAt = UTC_TIMESTAMP(3), tellAfterUserId = NULL
      WHERE id IN (${placeholders(ids)})`,
    ids,
  );
  await stopPushes(connection, ids);
}

async function closeGate(connection: Queryable, ruleId: string): Promise<void> {
  await connection.query(
    `UPDATE rule_gate
        SET stormId = NULL, openedAt = NULL, suppressed = 0, digested = 0, digestNo = 0, nextDigestAt = NULL
      WHERE ruleId = ?`,
    [ruleId],
  );
}
