import type { Database, Transaction } from "./client.ts";
import { Prisma } from "./client.ts";
import { retryTransaction, TRANSACTION_ATTEMPTS } from "./retry.ts";

const TIMEOUT_MS = 10_000;
const MAXIMUM_WAIT_MS = 2_000;

export interface TransactionOptions {
  isolation?: Prisma.TransactionIsolationLevel;
  /** How long it may take before it is rolled back. Milliseconds. */
  timeoutMs?: number;
  /** How often it is run when it meets another one. */
  attempts?: number;
}

/**
 * Runs `work` in one transaction, READ COMMITTED unless told otherwise. One that met another (deadlock, lock wait) is
 * rolled back and run again from the start, up to three times: `work` must do nothing that a rollback does not undo.
 *
 * @throws whatever `work` or the database threw last.
 */
export async function inTransaction<Result>(
  db: Database,
  work: (tx: Transaction) => Promise<Result>,
  options: TransactionOptions = {},
): Promise<Result> {
  return retryTransaction(options.attempts ?? TRANSACTION_ATTEMPTS, () =>
    db.$transaction(work, {
      isolationLevel: options.isolation ?? Prisma.TransactionIsolationLevel.ReadCommitted,
      timeout: options.timeoutMs ?? TIMEOUT_MS,
      maxWait: MAXIMUM_WAIT_MS,
    }),
  );
}
