import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A folder of a test's own migrations. */
export interface MigrationFolder {
  path: string;
  write: (name: string, sql: string) => void;
  /** Takes all of them out. */
  empty: () => void;
  /** Takes the folder away. */
  remove: () => void;
}

export function createMigrationFolder(): MigrationFolder {
  const path = mkdtempSync(join(tmpdir(), "tocsin-migrations-"));
  return {
    path,
    write(name, sql) {
      mkdirSync(join(path, name), { recursive: true });
      writeFileSync(join(path, name, "migration.sql"), sql);
    },
    empty() {
      rmSync(path, { recursive: true, force: true });
      mkdirSync(path);
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}
