import type { VersionedData } from "@tocsin/core/directory/bump-version";
import type { Database } from "@tocsin/db/client";

const names: readonly VersionedData[] = ["directory", "rules", "silences"];

/**
 * Creates the counters that workers compare their copies with. They start from the time, so that a database that was
 * emptied never shows a worker the number it already knows.
 */
export async function seedVersions(db: Database): Promise<void> {
  const value = BigInt(Date.now());
  await db.dataVersion.createMany({ data: names.map((name) => ({ name, value })), skipDuplicates: true });
}
