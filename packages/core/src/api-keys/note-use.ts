import type { ApiKey as ApiKeyRow, Database } from "@tocsin/db/client";
import type { Logger } from "@tocsin/platform/logger";

/** How exactly the last use is known. Milliseconds. */
const precision = 60_000;

interface NoteUseServices {
  db: Pick<Database, "apiKey">;
  log: Logger;
}

/** Notes that a key is used, at most once a minute by all processes together. Never throws: the call matters more. */
export async function noteUse(
  { db, log }: NoteUseServices,
  { id, lastUsedAt }: Pick<ApiKeyRow, "id" | "lastUsedAt">,
  now: Date,
): Promise<void> {
  const before = new Date(now.getTime() - precision);
  if (lastUsedAt !== null && lastUsedAt > before) return;
  try {
    await db.apiKey.updateMany({
      where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lte: before } }] },
      data: { lastUsedAt: now },
    });
  } catch (error) {
    log.warn("The use of an API key could not be noted", { apiKeyId: id, error });
  }
}
