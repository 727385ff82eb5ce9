import type { PasswordReset } from "@tocsin/contracts/api/users";
import { DomainError } from "@tocsin/contracts/errors";
import { newId } from "@tocsin/db/ids";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import { type Context, currentUserId } from "../context.ts";
import { refuseOutranked } from "../users/refuse-escalation.ts";
import { confirmActor } from "./confirm-actor.ts";
import { endResetTokens } from "./end-reset-tokens.ts";
import { lockAccount } from "./lock-account.ts";
import { newOpaqueToken } from "./tokens.ts";

/** How long the token works. Seconds. */
export const resetTokenSeconds = 86_400;

/**
 * Makes a token with which a user sets a new password, for an admin to hand over: the admin never knows the password.
 * It takes the place of an earlier one. Until it is used, the old password goes on working. It ends with any change of
 * the account's password, status or roles.
 * @throws DomainError USER_NOT_FOUND, USER_STATUS_CONFLICT, UNAUTHORIZED_ROLE for a user who may do more than the caller
 */
export async function allowPasswordReset(ctx: Context, { id }: { id: string }): Promise<PasswordReset> {
  const createdBy = currentUserId(ctx);
  const { token, hash } = newOpaqueToken();
  const expiresAt = new Date(ctx.clock().getTime() + resetTokenSeconds * 1000);
  await inTransaction(ctx.db, async (tx) => {
    const actor = await confirmActor(tx, ctx, "users:manage");
    const account = await lockAccount(tx, id);
    if (!account) throw new DomainError("USER_NOT_FOUND");
    refuseOutranked(actor, account);
    if (account.status !== "active") {
      throw new DomainError("USER_STATUS_CONFLICT", { detail: `The user is ${account.status}` });
    }
    await endResetTokens(tx, { id });
    await tx.passwordReset.create({
      data: { id: newId(), userId: id, tokenHash: hash, expiresAt, createdBy, createdAt: ctx.clock() },
    });
    await recordAudit(tx, ctx, {
      action: "user.password_reset_allowed",
      resourceType: "user",
      resourceId: id,
    });
  });
  return { token, expiresAt: expiresAt.toISOString() };
}
