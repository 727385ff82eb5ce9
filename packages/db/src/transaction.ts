import { setTimeout as wait } from "node:timers/promises";
import type { Database, Transaction } from "./client.ts";
import { isTransient } from "./errors.ts";

/** How often a transaction is run before its error is passed on. */
const attempts = 3;

/** How long a transaction may take, and how long it may wait for a connection. Milliseconds. */
const timeout = 10_000;
const maxWait = 2_000;

/**
 * Runs `work` in one READ COMMITTED transaction. One that met another (deadlock, lock wait) is rolled back and run
 * again from the start, up to three times, so `work` must not do anything that a rollback does not undo.
 * @throws whatever `work` or the database threw last
 */
export async function inTransaction<Result>(
  db: Database,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.$transaction(work, { isolationLevel: "ReadCommitted", timeout, maxWait });
    } catch (error) {
      if (!isTransient(error) || attempt >= attempts) throw error;
      await wait(Math.random() * 20 * attempt);
    }
  }
}
