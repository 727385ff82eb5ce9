import type { Preferences } from "@tocsin/contracts/api/preferences";
import type { Weekly } from "@tocsin/contracts/api/silences";
import type { Database } from "@tocsin/db/client";
import { type Context, currentUserId } from "../context.ts";

/** What holds for who has said nothing: every alert interrupts. */
const noWishes: Preferences = { quietHours: null, minimumPriority: 5, mutedRules: [] };

/** When the caller wants to be left alone. */
export async function getPreferences(ctx: Context): Promise<Preferences> {
  return loadPreferencesOf(ctx.db, currentUserId(ctx));
}

/** When a user wants to be left alone. */
export async function loadPreferencesOf(
  db: Pick<Database, "userPreference">,
  userId: string,
): Promise<Preferences> {
  const row = await db.userPreference.findUnique({ where: { userId } });
  if (!row) return noWishes;
  return {
    quietHours: row.quietHours as Weekly | null,
    minimumPriority: row.minimumPriority,
    mutedRules: row.mutedRules as string[],
  };
}
