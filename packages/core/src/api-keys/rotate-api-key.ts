import type { NewApiKey, RotateApiKeyInput } from "@tocsin/contracts/api/api-keys";
import { DomainError } from "@tocsin/contracts/errors";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import { confirmActor } from "../auth/confirm-actor.ts";
import type { Context } from "../context.ts";
import { refuseGranting } from "../users/refuse-escalation.ts";
import { newSecret } from "./api-key-secret.ts";
import { stateOf, toApiKey } from "./api-key-view.ts";
import { lockApiKey } from "./lock-api-key.ts";

/**
 * Gives a key a new secret. The present one lives on for the grace period; one from an earlier rotation ends now.
 * @throws DomainError API_KEY_NOT_FOUND, API_KEY_NOT_ACTIVE, UNAUTHORIZED_ROLE where it allows what the caller lacks
 */
export async function rotateApiKey(
  ctx: Context,
  { id, graceSeconds }: RotateApiKeyInput,
): Promise<NewApiKey> {
  return inTransaction(ctx.db, async (tx) => {
    const actor = await confirmActor(tx, ctx, "api-keys:manage");
    const key = await lockApiKey(tx, id);
    const now = ctx.clock();
    refuseGranting(actor, key.scopes as string[], "scopes");
    if (stateOf(key, now) !== "active") throw new DomainError("API_KEY_NOT_ACTIVE");
    const { secret, hash } = newSecret(key.prefix);
    const previousSecretExpiresAt = new Date(now.getTime() + graceSeconds * 1000);
    const row = await tx.apiKey.update({
      where: { id },
      data: {
        secretHash: Uint8Array.from(hash),
        previousSecretHash: key.secretHash,
        previousSecretExpiresAt,
      },
    });
    await recordAudit(tx, ctx, {
      action: "api_key.rotated",
      resourceType: "api_key",
      resourceId: id,
      metadata: { previousSecretExpiresAt: previousSecretExpiresAt.toISOString() },
    });
    return { ...toApiKey(row, now), secret };
  });
}
