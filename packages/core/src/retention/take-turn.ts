import type { Pool } from "@tocsin/db/pool";

/** Locks of a server are shared by its databases: each has a name of its own, of at most 64 characters. */
const lockName = "CONCAT('tocsin-retention-', LEFT(SHA2(DATABASE(), 256), 40))";

/**
 * Runs `work` unless another process is at it just now. The lock ends with its connection: a process that dies holds
 * nobody up. Two at once would be harmless, only wasteful.
 * @returns null where another process is at it
 */
export async function takeTurn<Result>(pool: Pool, work: () => Promise<Result>): Promise<Result | null> {
  return pool.transaction("READ COMMITTED", async (connection) => {
    const [lock] = await connection.query<{ isMine: number | null }[]>(
      `SELECT GET_LOCK(${lockName}, 0) AS isMine`,
    );
    if (lock?.isMine !== 1) return null;
    try {
      return await work();
    } finally {
      await connection.query(`DO RELEASE_LOCK(${lockName})`).catch(() => undefined);
    }
  });
}
