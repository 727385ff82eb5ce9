import { parseJson, type Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import type { Preference } from "./why-held.ts";

/** Wishes as the driver gives them. */
export interface PreferenceRow {
  quietHours: unknown;
  minimumPriority: number;
  mutedRules: unknown;
}

/** The wishes that a row holds. */
export function readPreference({ quietHours, minimumPriority, mutedRules }: PreferenceRow): Preference {
  return {
    quietHours: parseJson<Preference["quietHours"]>(quietHours),
    minimumPriority,
    mutedRules: parseJson<string[]>(mutedRules),
  };
}

/** The wishes of those of the people who have any. */
export async function loadPreferences(
  db: Queryable,
  userIds: readonly string[],
): Promise<Map<string, Preference>> {
  if (userIds.length === 0) return new Map();
  const rows = await db.query<(PreferenceRow & { userId: string })[]>(
    `SELECT userId, quietHours, minimumPriority, mutedRules FROM user_preference
      WHERE userId IN (${placeholders(userIds)})`,
    userIds,
  );
  return new Map(rows.map(({ userId, ...row }) => [userId, readPreference(row)]));
}
