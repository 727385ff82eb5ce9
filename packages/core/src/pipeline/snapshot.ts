import type { Pool } from "@tocsin/db/pool";
import type { Logger } from "@tocsin/platform/logger";
import type { VersionedData } from "../directory/bump-version.ts";
import { buildDirectory, type Directory } from "./directory.ts";
import { loadRoleHolders, loadStoredRules } from "./load-snapshot.ts";
import { buildRuleBook, type RuleBook } from "./rule-book.ts";

/** The rules and the people of one moment: what a batch is decided on. */
export interface Snapshot {
  book: RuleBook;
  directory: Directory;
}

/** Gives the current snapshot; asks the database only for version numbers while nothing changes. */
export interface SnapshotSource {
  current(): Promise<Snapshot>;
}

/** A source that rebuilds the snapshot, as a whole, as soon as rules, roles or users changed. */
export function createSnapshotSource({ pool, log }: { pool: Pool; log: Logger }): SnapshotSource {
  let loaded: { versions: string; snapshot: Snapshot } | undefined;
  return {
    async current() {
      // The versions are read first: a change during the load makes the next batch load again.
      const versions = await readVersions(pool);
      if (loaded?.versions !== versions) {
        loaded = { versions, snapshot: await loadSnapshot(pool, log) };
        log.info("Rules and directory loaded", { rules: loaded.snapshot.book.rules.size, versions });
      }
      return loaded.snapshot;
    },
  };
}

async function readVersions(pool: Pool): Promise<string> {
  const rows = await pool.query<{ name: VersionedData; value: number }[]>(
    "SELECT name, value FROM data_version ORDER BY name",
  );
  return rows.map(({ name, value }) => `${name}:${value}`).join(" ");
}

async function loadSnapshot(pool: Pool, log: Logger): Promise<Snapshot> {
  const [holders, rules] = await Promise.all([loadRoleHolders(pool), loadStoredRules(pool)]);
  const directory = buildDirectory(holders);
  const book = buildRuleBook(rules, directory, (ruleId, error) => {
    log.error("A stored rule does not compile and is left out", { ruleId, error });
  });
  return { book, directory };
}
