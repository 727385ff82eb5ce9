import { newId } from "@tocsin/db/ids";
import type { Queryable } from "@tocsin/db/pool";
import type { AuditEntry } from "./record-audit.ts";

/** Writes what the system did by itself into the audit log: one statement, within the transaction of the change. */
export async function recordSystemAudits(
  connection: Queryable,
  entries: readonly AuditEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  await connection.query(
    `INSERT INTO audit_log (id, action, actorType, actorLabel, resourceType, resourceId, metadata, timestamp)
     VALUES ${entries.map(() => "(?, ?, 'system', 'worker', ?, ?, ?, UTC_TIMESTAMP(3))").join(", ")}`,
    entries.flatMap(({ action, resourceType, resourceId, metadata }) => [
      newId(),
      action,
      resourceType,
      resourceId ?? null,
      metadata === undefined ? null : JSON.stringify(metadata),
    ]),
  );
}
