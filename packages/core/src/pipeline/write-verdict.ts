import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { cutText } from "@tocsin/rules-dsl";
import type { Lease } from "../delivery/lease.ts";
import type { Verdict } from "./decide.ts";
import { writeNotifications } from "./write-notifications.ts";

const rows = (count: number, row: string) => Array.from({ length: count }, () => row).join(", ");

/**
 * Writes all that was decided, in a few statements however many events there are. They are sent together, and done one
 * after the other.
 * @param lease of who delivers the notifications; left out: they are for whoever takes them first
 */
export async function writeVerdict(connection: Queryable, verdict: Verdict, lease?: Lease): Promise<void> {
  await Promise.all([
    writeGroups(connection, verdict),
    writeGates(connection, verdict),
    writeNotifications(connection, verdict.notifications, lease),
    writeOccurrences(connection, verdict),
    writeDecisions(connection, verdict),
  ]);
}

async function writeGroups(connection: Queryable, { groups }: Verdict): Promise<void> {
  if (groups.length === 0) return;
  await connection.query(
    `INSERT INTO alert_group (ruleId, groupHash, groupKey, notificationId, windowEndsAt)
     VALUES ${rows(groups.length, "(?, ?, ?, ?, ?)")}
     ON DUPLICATE KEY UPDATE notificationId = VALUES(notificationId), windowEndsAt = VALUES(windowEndsAt)`,
    groups.flatMap(({ ruleId, hash, key, notificationId, windowEndsAt }) => [
      ruleId,
      hash,
      cutText(key, 255),
      notificationId,
      windowEndsAt,
    ]),
  );
}

async function writeGates(connection: Queryable, { gates }: Verdict): Promise<void> {
  if (gates.length === 0) return;
  await connection.query(
    `INSERT INTO rule_gate (ruleId, stormId, suppressed, openedAt, nextDigestAt)
     VALUES ${rows(gates.length, "(?, ?, ?, ?, UTC_TIMESTAMP(3) + INTERVAL ? SECOND)")}
     ON DUPLICATE KEY UPDATE
       openedAt = IF(stormId <=> VALUES(stormId), openedAt, VALUES(openedAt)),
       nextDigestAt = IF(stormId <=> VALUES(stormId), nextDigestAt, VALUES(nextDigestAt)),
       suppressed = VALUES(suppressed),
       stormId = VALUES(stormId)`,
    gates.flatMap(({ ruleId, stormId, suppressed, openedAt, windowSeconds }) => [
      ruleId,
      stormId,
      suppressed,
      openedAt,
      windowSeconds,
    ]),
  );
}

async function writeOccurrences(connection: Queryable, { foldedInto }: Verdict): Promise<void> {
  if (foldedInto.size === 0) return;
  const folded = [...foldedInto.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1));
  await connection.query(
    `UPDATE notification SET occurrences = occurrences + CASE id ${folded.map(() => "WHEN ? THEN ?").join(" ")} END
      WHERE id IN (${placeholders(folded)})`,
    [...folded.flat(), ...folded.map(([id]) => id)],
  );
}

async function writeDecisions(connection: Queryable, { decisions }: Verdict): Promise<void> {
  if (decisions.length === 0) return;
  await connection.query(
    `INSERT INTO decision_log (eventId, ruleId, ruleVersion, outcome, reason, notificationId, silenceId, decidedAt)
     VALUES ${rows(decisions.length, "(?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))")}`,
    decisions.flatMap(({ match, outcome, reason, notificationId, silenceId }) => [
      match.event.id,
      match.rule.id,
      match.rule.version,
      outcome,
      reason,
      notificationId,
      silenceId,
    ]),
  );
}
