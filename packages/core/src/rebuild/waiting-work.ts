import { forEachPlatform } from "@tocsin/contracts/channels";
import type { Pool } from "@tocsin/db/pool";

/** How many rows are read at once. */
const chunkRows = 1000;

/** What a row is due for, and the column that says when; each has an index on it. */
const kinds = {
  deliver: { from: "notification", id: "id", dueAt: "deliveryDueAt", only: "TRUE" },
  withdraw: { from: "notification", id: "id", dueAt: "withdrawDueAt", only: "TRUE" },
  ...forEachPlatform((platform) => ({
    ...{ from: "push_delivery", id: "notificationId", dueAt: "dueAt", only: `platform = '${platform}'` },
  })),
} as const;

export type WaitingKind = keyof typeof kinds;

/** What is due, or will be. */
export interface WaitingWork {
  id: string;
  /** Milliseconds from now; 0: it is due. */
  delay: number;
}

/** Everything that is due of a kind, or will be, soonest first, in chunks. A row may come twice. */
export async function* waitingWork(pool: Pool, kind: WaitingKind): AsyncGenerator<WaitingWork[]> {
  const { from, id, dueAt, only } = kinds[kind];
  let last = { dueAt: new Date(0), id: "" };
  for (;;) {
    // One chunk after the other: the next begins where this one ends.
    const rows = await pool.query<(WaitingWork & { dueAt: Date })[]>(
      `SELECT DISTINCT ${id} AS id, ${dueAt} AS dueAt,
              GREATEST(0, TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), ${dueAt}) DIV 1000) AS delay
         FROM ${from} WHERE ${only} AND ${dueAt} >= ? AND (${dueAt} > ? OR ${id} > ?)
        ORDER BY ${dueAt}, ${id} LIMIT ${chunkRows}`,
      [last.dueAt, last.dueAt, last.id],
    );
    if (rows.length > 0) yield rows;
    const next = rows.at(-1);
    if (!next || rows.length < chunkRows) return;
    last = next;
  }
}

/** A storm that goes on, with when its next summary is due. */
export interface WaitingStorm {
  ruleId: string;
  digestNo: number;
  /** Milliseconds from now; 0: it is due. */
  delay: number;
}

/** Every storm that goes on: at most one a rule. */
export async function findOpenStorms(pool: Pool): Promise<WaitingStorm[]> {
  return pool.query<WaitingStorm[]>(
    `SELECT ruleId, digestNo,
            GREATEST(0, TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), nextDigestAt) DIV 1000) AS delay
       FROM rule_gate WHERE nextDigestAt > '1970-01-01' ORDER BY nextDigestAt`,
  );
}
