/** A pool is of use with this many at least: while one connection is lent, another may be needed to go on. */
const LEAST = 2;

/** Of the server's connections so much should be left when a process has opened all of its own. */
const SPARE = 0.1;

/**
 * Splits the connections that a process may open among its pools: evenly, and what is left over to the first ones.
 *
 * @throws RangeError where it is not enough for two each
 */
export function splitConnections<Part extends string>(
  budget: number,
  parts: readonly Part[],
): Record<Part, number> {
  if (budget < parts.length * LEAST) {
    throw new RangeError(`${parts.length} pools need ${parts.length * LEAST} connections, not ${budget}`);
  }
  const [share, left] = [Math.floor(budget / parts.length), budget % parts.length];
  const shares = parts.map((part, index) => [part, index < left ? share + 1 : share]);
  return Object.fromEntries(shares) as Record<Part, number>;
}

/** The connections of a server, as it tells. */
export interface ConnectionRoom {
  /** The server's max_connections. */
  limit: number;
  /** Open now. */
  open: number;
  /** The account's MAX_USER_CONNECTIONS; 0: no limit of its own. */
  accountLimit: number;
}

/**
 * What is to be said where a server is about to run out of connections. A process opens its own one by one, so what is
 * open now says little of what the others will want: docs/deploy.md tells how to add them up.
 *
 * @param budget how many this process may open
 * @returns one line for the log; undefined where there is room
 */
export function warnOfConnections(room: ConnectionRoom, budget: number): string | undefined {
  if (room.accountLimit > 0 && room.accountLimit < budget) {
    return (
      `The database account may have ${room.accountLimit} connections and this process wants ${budget}: ` +
      "raise its MAX_USER_CONNECTIONS, or lower DATABASE_POOL_SIZE."
    );
  }
  if (room.open + budget <= room.limit * (1 - SPARE)) return undefined;
  return (
    `The database has ${room.open} of ${room.limit} connections open and this process wants ${budget}: ` +
    "raise its max_connections, or lower DATABASE_POOL_SIZE."
  );
}
