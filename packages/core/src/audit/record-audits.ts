import { newId } from "@tocsin/db/ids";
import type { Queryable } from "@tocsin/db/pool";
import type { Context } from "../context.ts";
import { type AuditEntry, describeActor } from "./record-audit.ts";

/** What the system does by itself. */
const bySystem = { actor: { type: "system", label: "worker" }, request: null } as const;

/** Writes many lines of the audit log with one statement, within the transaction of the changes that they tell of. */
export async function recordAudits(
  connection: Queryable,
  entries: readonly AuditEntry[],
  { actor, request }: Pick<Context, "actor" | "request"> | typeof bySystem = bySystem,
): Promise<void> {
  if (entries.length === 0) return;
  const { actorType, actorLabel, userId } = describeActor(actor);
  await connection.query(
    `INSERT INTO audit_log
       (id, action, actorType, actorLabel, userId, resourceType, resourceId, metadata, requestId, ip, timestamp)
     VALUES ${entries.map(() => "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))").join(", ")}`,
    entries.flatMap(({ action, resourceType, resourceId, metadata }) => [
      newId(),
      action,
      actorType,
      actorLabel,
      userId,
      resourceType,
      resourceId ?? null,
      metadata === undefined ? null : JSON.stringify(metadata),
      request?.id ?? null,
      request?.ip ?? null,
    ]),
  );
}
