import { newId } from "@tocsin/db/ids";
import { type Pool, type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import type { Redis } from "ioredis";

/** Where Redis remembers the newest line of the audit log that the database was seen to hold. */
export const newestLineKey = "tocsin:newest-audit-line";

const dayMs = 86_400_000;

/** A line of the audit log. */
interface Line {
  id: string;
  /** Milliseconds since 1970. */
  at: number;
}

/**
 * Begins a new epoch of change numbers when the database was put back to an earlier state: every change leaves a line in
 * the audit log, and Redis remembers one that is not there any more. Whoever synced before begins anew then. What Redis
 * forgot, or retention has deleted, is no sign of it.
 * @param auditDays how long the audit log is kept
 * @returns whether a new epoch has begun
 */
export async function renewSyncEpoch(
  { pool, redis }: { pool: Pool; redis: Redis },
  { auditDays }: { auditDays: number },
): Promise<boolean> {
  return withPoolTransaction(pool, async (connection) => {
    // One worker at a time: the next one finds what this one remembers.
    const [now] = await connection.query<{ at: Date }[]>(
      "SELECT UTC_TIMESTAMP(3) AS at FROM sync_epoch WHERE id = 1 FOR UPDATE",
    );
    const remembered = readLine(await redis.get(newestLineKey));
    const hasBegun =
      now !== undefined &&
      remembered !== undefined &&
      !mayBePruned(remembered, now.at, auditDays) &&
      !(await isThere(connection, remembered.id));
    if (hasBegun) {
      const begin = "UPDATE sync_epoch SET epoch = ?, since = UTC_TIMESTAMP(3) WHERE id = 1";
      await connection.query(begin, [newId()]);
    }
    const newest = await loadNewest(connection);
    if (newest && newest.id !== remembered?.id) await redis.set(newestLineKey, JSON.stringify(newest));
    return hasBegun;
  });
}

/** Nearly as old as retention lets lines become; 0 days: for ever. */
function mayBePruned({ at }: Line, now: Date, auditDays: number): boolean {
  return auditDays > 0 && now.getTime() - at > 0.9 * auditDays * dayMs;
}

function readLine(text: string | null): Line | undefined {
  if (text === null) return undefined;
  return JSON.parse(text) as Line;
}

async function isThere(db: Queryable, id: string): Promise<boolean> {
  const rows = await db.query<{ id: string }[]>("SELECT id FROM audit_log WHERE id = ?", [id]);
  return rows.length > 0;
}

async function loadNewest(db: Queryable): Promise<Line | undefined> {
  const [line] = await db.query<{ id: string; timestamp: Date }[]>(
    "SELECT id, timestamp FROM audit_log ORDER BY timestamp DESC LIMIT 1",
  );
  return line && { id: line.id, at: line.timestamp.getTime() };
}
