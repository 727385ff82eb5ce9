import type { Queryable } from "@tocsin/db/pool";

/** How many statements of this database, other than this one, are at locking rows just now. */
export async function countLockWaits(db: Queryable): Promise<number> {
  const [row] = await db.query<{ count: number }[]>(
    `SELECT COUNT(*) AS count FROM information_schema.PROCESSLIST
      WHERE DB = DATABASE() AND ID <> CONNECTION_ID() AND (INFO LIKE '%FOR UPDATE%' OR INFO LIKE 'UPDATE %'
          OR INFO LIKE '%ON DUPLICATE KEY UPDATE%')`,
  );
  return row?.count ?? 0;
}
