import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import { confirmActor } from "../auth/confirm-actor.ts";
import type { Context } from "../context.ts";
import { lockApiKey } from "./lock-api-key.ts";

/**
 * Ends a key and all of its secrets, for good. It stays readable; doing it again changes nothing.
 * @throws DomainError API_KEY_NOT_FOUND
 */
export async function revokeApiKey(ctx: Context, { id }: { id: string }): Promise<void> {
  await inTransaction(ctx.db, async (tx) => {
    await confirmActor(tx, ctx, "api-keys:manage");
    const { revokedAt } = await lockApiKey(tx, id);
    if (revokedAt !== null) return;
    const now = ctx.clock();
    await tx.apiKey.update({ where: { id }, data: { revokedAt: now } });
    await recordAudit(tx, ctx, {
      action: "api_key.revoked",
      resourceType: "api_key",
      resourceId: id,
      after: { revokedAt: now.toISOString() },
    });
  });
}
