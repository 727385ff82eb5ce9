import { placeholders } from "@tocsin/db/sql";
import type { Pool } from "@tocsin/db/pool";
import type { Logger } from "@tocsin/platform/logger";
import type { ObjectLink, ObjectStorage } from "@tocsin/platform/object-storage";

/**
 * Where the uploaded sounds of these names can be loaded from, in one query for all of them. Names of bundled sounds
 * have no entry: the apps bring these along. Nor have names that no sound has; and where the URLs cannot be made, none
 * has one, which is logged: an alert must not wait for its sound.
 * @param names as rules and notifications have them in `sound`
 * @throws whatever the database throws
 */
export async function soundUrls(
  { pool, objects, log }: { pool: Pool; objects: ObjectStorage; log: Logger },
  names: readonly (string | null)[],
): Promise<ReadonlyMap<string, ObjectLink>> {
  const wanted = [...new Set(names)].filter((name) => name !== null);
  if (wanted.length === 0) return new Map();
  const rows = await pool.query<{ name: string; objectKey: string }[]>(
    `SELECT name, objectKey FROM sound WHERE name IN (${placeholders(wanted)})`,
    wanted,
  );
  try {
    const links = rows.map(async ({ name, objectKey }) => [name, await objects.link(objectKey)] as const);
    return new Map(await Promise.all(links));
  } catch (error) {
    log.warn("The URLs of sounds could not be made", { error });
    return new Map();
  }
}
