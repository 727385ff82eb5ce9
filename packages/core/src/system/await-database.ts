import { setTimeout as wait } from "node:timers/promises";
import { warnOfConnections } from "@tocsin/db/connection-budget";
import { explainDatabaseError } from "@tocsin/db/explain-database-error";
import { inspectServer } from "@tocsin/db/inspect-server";
import { RUNTIME_RIGHTS } from "@tocsin/db/missing-rights";
import type { Pool } from "@tocsin/db/pool";
import type { Logger } from "@tocsin/platform/logger";
import { writeToDatabase } from "./write-probe.ts";

/** How long to wait before asking again; longer every time. Milliseconds. */
const shortestPause = 250;
const longestPause = 5_000;

export interface AwaitedDatabase {
  /** Whether it was found to be of use: that cannot pass again, whatever else may happen to it. */
  isUsable: () => boolean;
  /** Resolves once it is; never rejects, and stays open after `stop`. */
  usable: Promise<void>;
  stop: () => void;
}

/**
 * Looks at the database server until Tocsin can work with it, and says in the log why it cannot yet, once for each
 * reason: a process that starts before its database, or while all connections are in use, waits and does not end.
 *
 * @param budget how many connections the process may open: where the server has hardly so many left, that is said too
 */
export function awaitDatabase({
  url,
  pool,
  budget,
  log,
}: {
  url: string;
  pool: Pool;
  budget: number;
  log: Logger;
}): AwaitedDatabase {
  const stopping = new AbortController();
  let isUsable = false;

  async function isProblemFree(
    tell: (problems: readonly string[], error?: unknown) => void,
  ): Promise<boolean> {
    try {
      const { server, problems, connections } = await inspectServer(url, RUNTIME_RIGHTS);
      if (problems.length > 0) {
        tell(problems.map(({ message }) => message));
        return false;
      }
      // Only a write tells that it was migrated.
      await writeToDatabase(pool);
      const warning = warnOfConnections(connections, budget);
      if (warning !== undefined) log.warn("The database is short of connections", { problem: warning });
      log.debug("The database can be used", { ...server });
      return true;
    } catch (error) {
      const reason = explainDatabaseError(error);
      // What nobody foresaw is told with all that is known of it.
      tell([reason ?? "The database does not work."], reason === undefined ? error : undefined);
      return false;
    }
  }

  async function run(): Promise<void> {
    let told = "";
    const tell = (problems: readonly string[], error?: unknown) => {
      if (problems.join() === told) return;
      told = problems.join();
      log.error("The database cannot be used yet; trying again", {
        problems,
        ...(error !== undefined && { error }),
      });
    };
    for (let pause = shortestPause; ; pause = Math.min(pause * 2, longestPause)) {
      isUsable = await isProblemFree(tell);
      if (isUsable) return;
      await wait(pause, undefined, { signal: stopping.signal });
    }
  }

  const usable = new Promise<void>((resolve) => void run().then(resolve, () => undefined));
  return { isUsable: () => isUsable, usable, stop: () => stopping.abort() };
}
