import type { ResetPasswordInput } from "@tocsin/contracts/api/auth";
import { DomainError } from "@tocsin/contracts/errors";
import { isPermitted } from "@tocsin/contracts/permissions";
import type { Transaction } from "@tocsin/db/client";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import type { Context } from "../context.ts";
import { lockDirectory } from "../directory/lock-directory.ts";
import { isOutranked } from "../users/refuse-escalation.ts";
import { checkPasswordStrength } from "./check-password-strength.ts";
import { endResetTokens } from "./end-reset-tokens.ts";
import { endSessions } from "./end-sessions.ts";
import { hashPassword } from "./hash-password.ts";
import { loadAccount, permissionsOf, type UserWithRoles } from "./load-account.ts";
import { lockAccount } from "./lock-account.ts";
import { hashOpaqueToken } from "./tokens.ts";

/**
 * Sets a new password with the token that an admin handed over. It works once, while that admin might still make it, and
 * every session ends.
 * @throws DomainError INVALID_RESET_TOKEN, WEAK_PASSWORD
 */
export async function resetPassword(ctx: Context, input: ResetPasswordInput): Promise<void> {
  const tokenHash = hashOpaqueToken(input.token);
  const reset = await ctx.db.passwordReset.findUnique({ where: { tokenHash }, include: { user: true } });
  if (!reset || reset.expiresAt <= ctx.clock() || reset.user.status !== "active") return refuse(ctx);
  const { email } = reset.user;
  await checkPasswordStrength(ctx, { password: input.newPassword, email, pointer: "/newPassword" });
  const passwordHash = await hashPassword(input.newPassword);
  const isDone = await inTransaction(ctx.db, async (tx) => {
    await lockDirectory(tx);
    const account = await findResettable(tx, ctx, tokenHash);
    if (!account) return false;
    const { id } = account;
    await endResetTokens(tx, { id });
    await tx.user.update({ where: { id }, data: { passwordHash } });
    await endSessions(tx, ctx, { userId: id, reason: "reset_by_other" });
    await recordAudit(tx, ctx, {
      action: "auth.password_reset",
      resourceType: "user",
      resourceId: id,
      userId: id,
    });
    return true;
  });
  if (!isDone) return refuse(ctx);
}

/** Whose password the token still sets. The directory is locked. */
async function findResettable(
  tx: Transaction,
  ctx: Context,
  tokenHash: Uint8Array<ArrayBuffer>,
): Promise<UserWithRoles | undefined> {
  const found = await tx.passwordReset.findUnique({ where: { tokenHash }, select: { userId: true } });
  const account = found && (await lockAccount(tx, found.userId));
  // Read under the lock: of two who use it at once, one finds it gone.
  const reset = account && (await tx.passwordReset.findUnique({ where: { tokenHash } }));
  if (!account || !reset || reset.expiresAt <= ctx.clock() || account.status !== "active") return undefined;
  const maker = await loadAccount(tx, reset.createdBy);
  return maker && mayReset(maker, account) ? account : undefined;
}

function mayReset(maker: UserWithRoles, account: UserWithRoles): boolean {
  const permissions = permissionsOf(maker);
  return (
    maker.status === "active" &&
    isPermitted(permissions, "users:manage") &&
    !isOutranked({ type: "user", id: maker.id, email: maker.email, permissions }, account)
  );
}

/** @throws DomainError INVALID_RESET_TOKEN */
async function refuse(ctx: Context): Promise<never> {
  await recordAudit(ctx.db, ctx, { action: "auth.password_reset_failed", resourceType: "session" });
  const message = "It was used, has ended, or never existed; ask an admin for another one";
  throw new DomainError("INVALID_RESET_TOKEN", {
    detail: message,
    errors: [{ pointer: "/token", message }],
  });
}
