import type { SendSql } from "@tocsin/sandbox/testing/administrate";
import { type Looking, untilDelivered, untilProcessed } from "../system/progress.ts";
import type { MeasuredTocsin } from "../system/tocsin.ts";
import type { CountedServer } from "./server-counters.ts";

/** The database server of a measured system, and what looks at its tables meanwhile. */
export interface Counted {
  server: CountedServer;
  pool: Looking;
}

/** Counts all that this process sends from now on. */
export function countOwnStatements(
  { database, engines, pool }: MeasuredTocsin,
  administrator: SendSql,
): Counted {
  let [statements, selects] = [0, 0];
  const note = (sql: string) => {
    statements += 1;
    if (/^\s*SELECT/i.test(sql)) selects += 1;
  };
  return {
    pool: {
      query(sql, values) {
        note(sql);
        return pool.query(sql, values);
      },
    },
    server: {
      database,
      pid: engines.pids()[database.kind] ?? Number.NaN,
      own: () => ({ statements, selects }),
      send(sql) {
        note(sql);
        return administrator(sql);
      },
    },
  };
}

/** Resolves when every event is processed and every alert delivered. */
export async function untilDone({ pool }: Counted): Promise<void> {
  await untilProcessed(pool);
  await untilDelivered(pool);
}
