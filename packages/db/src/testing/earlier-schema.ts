import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "../migrations/migrate.ts";
import { migrationsFolder } from "../migrations/read-migrations.ts";

/** Brings an empty database to the schema that the named migration of this repository finds. */
export async function migrateUpTo(url: string, name: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "tocsin-earlier-"));
  try {
    for (const earlier of readdirSync(migrationsFolder)) {
      if (earlier < name) cpSync(join(migrationsFolder, earlier), join(folder, earlier), { recursive: true });
    }
    await migrate({ url, folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
