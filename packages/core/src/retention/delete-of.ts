import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { stepRows } from "./prune-in-steps.ts";

/** The tables whose rows go with what they belong to, and the column that says to what; each has an index on it. */
const owners = {
  decision_log: "eventId",
  webview_action: "notificationId",
  delivery_attempt: "notificationId",
  push_delivery: "notificationId",
} as const;

/** Deletes the rows of a table that belong to these ids, step by step. @returns how many */
export async function deleteOf(
  db: Queryable,
  table: keyof typeof owners,
  ids: readonly string[],
): Promise<number> {
  let total = 0;
  for (;;) {
    // One step after the other: each is to be short.
    const { affectedRows } = await db.query<{ affectedRows: number }>(
      `DELETE FROM ${table} WHERE ${owners[table]} IN (${placeholders(ids)}) LIMIT ${stepRows}`,
      ids,
    );
    total += affectedRows;
    if (affectedRows < stepRows) return total;
  }
}
