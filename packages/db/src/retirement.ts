import type { Connection } from "mariadb";
import { isConnectionUseless } from "./errors.ts";

/** Connections that meet a read-only server give up all the others, but not more often than this. Milliseconds. */
const RENEWAL_PAUSE_MS = 1_000;

/** How much earlier than the greatest age a connection may be given up: not all at the same time. */
const AGE_SPREAD = 0.2;

interface Life {
  bornAt: number;
  /** From then on it is too old. */
  endsAt: number;
}

/**
 * Which connections of a pool are not used again although they still answer: those that are too old, and those that
 * lead to a server that has become read-only. Behind one address there may be another server by now; only a new
 * connection finds it.
 */
export interface Retirement {
  /** Whether a connection is to be closed instead of used. */
  isDue(connection: Connection): boolean;
  /** Tells of an error that a connection met. */
  noteError(connection: Connection, error: unknown): void;
}

/**
 * @param greatestAgeMs how long a connection is used at most
 * @param now a clock that only moves forward, in milliseconds
 */
export function createRetirement(
  greatestAgeMs: number,
  now: () => number = () => performance.now(),
): Retirement {
  /** By what the driver tells of a connection: that is one object for as long as the connection is open. */
  const lives = new WeakMap<object, Life>();
  const useless = new WeakSet<object>();
  let renewedAt = -Infinity;

  function lifeOf(identity: object): Life {
    let life = lives.get(identity);
    if (life === undefined) {
      const bornAt = now();
      life = { bornAt, endsAt: bornAt + greatestAgeMs * (1 - AGE_SPREAD * Math.random()) };
      lives.set(identity, life);
    }
    return life;
  }

  return {
    isDue(connection) {
      const identity = connection.info;
      if (identity === null) return false;
      const { bornAt, endsAt } = lifeOf(identity);
      return useless.has(identity) || bornAt < renewedAt || now() >= endsAt;
    },
    noteError(connection, error) {
      if (connection.info === null || !isConnectionUseless(error)) return;
      useless.add(connection.info);
      if (now() - renewedAt >= RENEWAL_PAUSE_MS) renewedAt = now();
    },
  };
}
