import { setTimeout as wait } from "node:timers/promises";
import { isTransient } from "./errors.ts";

/** How often a transaction is run before its error is passed on. */
export const TRANSACTION_ATTEMPTS = 3;

/** Two transactions that met must not meet again: each waits for a random part of this, longer every time. */
const PAUSE_MS = 20;

/**
 * Runs a whole transaction again when it met another one (deadlock, lock wait, changed row).
 *
 * @throws whatever it threw last.
 */
export async function retryTransaction<Result>(
  attempts: number,
  transaction: () => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transaction();
    } catch (error) {
      if (attempt >= attempts || !isTransient(error)) throw error;
      await wait(Math.random() * PAUSE_MS * attempt);
    }
  }
}
