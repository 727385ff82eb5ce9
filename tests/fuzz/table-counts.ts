import type { Database } from "@tocsin/db/client";

/**
 * What requests write to and nothing else does meanwhile: how many rows each table has, as one text to be compared. Events
 * of the system's own, and what the worker makes of events, are left out.
 */
export async function countTables(db: Database): Promise<string> {
  const [row] = await db.$queryRaw<{ counts: string }[]>`SELECT CONCAT_WS(',',
      (SELECT COUNT(*) FROM user), (SELECT COUNT(*) FROM user_role), (SELECT COUNT(*) FROM role),
      (SELECT COUNT(*) FROM password_reset), (SELECT COUNT(*) FROM api_key), (SELECT COUNT(*) FROM device),
      (SELECT COUNT(*) FROM rule), (SELECT COUNT(*) FROM rule_version), (SELECT COUNT(*) FROM silence),
      (SELECT COUNT(*) FROM sound), (SELECT COUNT(*) FROM transfer_bucket), (SELECT COUNT(*) FROM bucket_balance_entry),
      (SELECT COUNT(*) FROM user_preference), (SELECT COUNT(*) FROM event WHERE source <> 'tocsin')) AS counts`;
  return row?.counts ?? "";
}
