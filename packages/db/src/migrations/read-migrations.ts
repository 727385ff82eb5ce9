import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A migration as it lies in prisma/migrations. */
export interface Migration {
  /** The folder's name: a timestamp and what it does. */
  name: string;
  sql: string;
  /** SHA-256 of migration.sql in hex, as Prisma computes it. */
  checksum: string;
}

/** The migrations of this repository. */
export const migrationsFolder = join(import.meta.dirname, "../../../../prisma/migrations");

/**
 * The migrations of a folder, oldest first.
 *
 * @throws Error when the folder or a migration.sql in it is missing.
 */
export function readMigrations(folder: string): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .toSorted()
    .map((name) => {
      const content = readFileSync(join(folder, name, "migration.sql"));
      const checksum = createHash("sha256").update(content).digest("hex");
      return { name, sql: content.toString("utf8"), checksum };
    });
}
