import type { Preferences, UpdatePreferencesInput } from "@tocsin/contracts/api/preferences";
import { Prisma } from "@tocsin/db/client";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import { type Context, currentUserId } from "../context.ts";
import { loadPreferencesOf } from "./get-preferences.ts";

/** Changes when the caller wants to be left alone, from the next alert on; fields that are not given stay as they are. */
export async function updatePreferences(ctx: Context, input: UpdatePreferencesInput): Promise<Preferences> {
  const userId = currentUserId(ctx);
  return inTransaction(ctx.db, async (tx) => {
    // Two changes at once take turns.
    await tx.$queryRaw`SELECT id FROM user WHERE id = ${userId} FOR UPDATE`;
    const before = await loadPreferencesOf(tx, userId);
    const after: Preferences = {
      quietHours: input.quietHours === undefined ? before.quietHours : input.quietHours,
      minimumPriority: input.minimumPriority ?? before.minimumPriority,
      mutedRules: input.mutedRules ?? before.mutedRules,
    };
    const columns = {
      quietHours: after.quietHours ?? Prisma.DbNull,
      minimumPriority: after.minimumPriority,
      mutedRules: after.mutedRules,
      updatedAt: ctx.clock(),
    };
    await tx.userPreference.upsert({
      where: { userId },
      create: { userId, ...columns },
      update: columns,
    });
    await recordAudit(tx, ctx, {
      action: "preferences.changed",
      resourceType: "user",
      resourceId: userId,
      before,
      after,
    });
    return after;
  });
}
