import type { CreateApiKeyInput, NewApiKey } from "@tocsin/contracts/api/api-keys";
import { invalidAt } from "@tocsin/contracts/validation-failed";
import { newId } from "@tocsin/db/ids";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import { confirmActor } from "../auth/confirm-actor.ts";
import { type Context, currentUserId } from "../context.ts";
import { refuseGranting } from "../users/refuse-escalation.ts";
import { newPrefix, newSecret } from "./api-key-secret.ts";
import { toApiKey } from "./api-key-view.ts";

/**
 * Makes an API key; its secret is in the answer and nowhere else. Nobody gives it what they lack.
 * @throws DomainError UNAUTHORIZED_ROLE, VALIDATION_FAILED where it would have expired already
 */
export async function createApiKey(ctx: Context, input: CreateApiKeyInput): Promise<NewApiKey> {
  const createdBy = currentUserId(ctx);
  const now = ctx.clock();
  const expiresAt = input.expiresAt === null ? null : new Date(input.expiresAt);
  if (expiresAt !== null && expiresAt <= now)
    throw invalidAt(["expiresAt"], "Must be in the future", "too_early");
  return inTransaction(ctx.db, async (tx) => {
    refuseGranting(await confirmActor(tx, ctx, "api-keys:manage"), input.scopes, "scopes");
    const prefix = newPrefix();
    const { secret, hash } = newSecret(prefix);
    const { name, scopes, source } = input;
    const row = await tx.apiKey.create({
      data: {
        ...{ id: newId(), name, prefix, scopes, source, expiresAt, createdBy },
        secretHash: Uint8Array.from(hash),
        createdAt: now,
      },
    });
    await recordAudit(tx, ctx, {
      action: "api_key.created",
      resourceType: "api_key",
      resourceId: row.id,
      after: { ...input, prefix },
    });
    return { ...toApiKey(row, now), secret };
  });
}
