import type { Pool, Queryable } from "@tocsin/db/pool";
import type { Logger } from "@tocsin/platform/logger";
import type { VersionedData } from "../directory/bump-version.ts";
import { buildDirectory, type Directory, type RoleHolder } from "./directory.ts";
import { loadRoleHolders, loadStoredRules, loadStoredSilences } from "./load-snapshot.ts";
import { buildRuleBook, type RuleBook, type StoredRule } from "./rule-book.ts";
import { buildSilenceBook, type SilenceBook, type StoredSilence } from "./silence-book.ts";

/** The rules, silences and people of one moment: what a batch is decided on. */
export interface Snapshot {
  book: RuleBook;
  silences: SilenceBook;
  directory: Directory;
}

/** Gives the current snapshot; asks the database only for version numbers while nothing changes. */
export interface SnapshotSource {
  current(): Promise<Snapshot>;
}

/**
 * A source that rebuilds the snapshot, as a whole, as soon as rules, silences, roles or users changed: what was
 * committed before a batch began is in force for it. What did not change is not compiled again.
 */
export function createSnapshotSource({ pool, log }: { pool: Pool; log: Logger }): SnapshotSource {
  let loaded: { versions: string; snapshot: Snapshot } | undefined;

  async function build({ holders, rules, silences }: SnapshotRows): Promise<Snapshot> {
    const directory = buildDirectory(holders);
    const known = loaded?.snapshot.book.rules;
    const book = await buildRuleBook(rules, { directory, known }, (ruleId, error) => {
      log.error("A stored rule does not compile and is left out", { ruleId, error });
    });
    const silenceBook = await buildSilenceBook(silences, (silenceId, error) => {
      log.error("A stored silence does not compile and silences nothing", { silenceId, error });
    });
    return { book, silences: silenceBook, directory };
  }

  return {
    async current() {
      if (loaded?.versions !== (await readVersions(pool))) {
        // One consistent read: rules, their roles and the people are those of the same moment, and so is the version.
        const rows = await pool.transaction("REPEATABLE READ", readSnapshot);
        loaded = { versions: rows.versions, snapshot: await build(rows) };
        log.info("Rules and directory loaded", { rules: rows.rules.length, versions: rows.versions });
      }
      return loaded.snapshot;
    },
  };
}

interface SnapshotRows {
  versions: string;
  holders: RoleHolder[];
  rules: StoredRule[];
  silences: StoredSilence[];
}

async function readSnapshot(connection: Queryable): Promise<SnapshotRows> {
  const versions = await readVersions(connection);
  const [holders, rules, silences] = await Promise.all([
    loadRoleHolders(connection),
    loadStoredRules(connection),
    loadStoredSilences(connection),
  ]);
  return { versions, holders, rules, silences };
}

async function readVersions(db: Queryable): Promise<string> {
  const rows = await db.query<{ name: VersionedData; value: number }[]>(
    "SELECT name, value FROM data_version ORDER BY name",
  );
  return rows.map(({ name, value }) => `${name}:${value}`).join(" ");
}
