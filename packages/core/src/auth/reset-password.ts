import type { ResetPasswordInput } from "@tocsin/contracts/api/auth";
import { DomainError } from "@tocsin/contracts/errors";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import type { Context } from "../context.ts";
import { checkPasswordStrength } from "./check-password-strength.ts";
import { endSessions } from "./end-sessions.ts";
import { hashPassword } from "./hash-password.ts";
import { hashOpaqueToken } from "./tokens.ts";

/**
 * Sets a new password with the token that an admin handed over. It works once, and every session ends.
 * @throws DomainError INVALID_RESET_TOKEN, WEAK_PASSWORD
 */
export async function resetPassword(ctx: Context, input: ResetPasswordInput): Promise<void> {
  const tokenHash = hashOpaqueToken(input.token);
  const reset = await ctx.db.passwordReset.findUnique({ where: { tokenHash }, include: { user: true } });
  if (!reset || reset.expiresAt <= ctx.clock() || reset.user.status !== "active") {
    await recordAudit(ctx.db, ctx, { action: "auth.password_reset_failed", resourceType: "session" });
    throw invalidToken();
  }
  const { user } = reset;
  const knownWords = user.email.split(/[@.+_-]/);
  await checkPasswordStrength(ctx, { password: input.newPassword, knownWords, pointer: "/newPassword" });
  const passwordHash = await hashPassword(input.newPassword);
  await inTransaction(ctx.db, async (tx) => {
    // Of two who use it at once, one finds it gone.
    const { count } = await tx.passwordReset.deleteMany({ where: { tokenHash } });
    if (count === 0) throw invalidToken();
    await tx.user.update({ where: { id: user.id }, data: { passwordHash } });
    await endSessions(tx, ctx, user.id);
    await recordAudit(tx, ctx, {
      action: "auth.password_reset",
      resourceType: "user",
      resourceId: user.id,
      userId: user.id,
    });
  });
}

function invalidToken(): DomainError {
  const message = "It was used, has expired, or never existed; ask an admin for another one";
  return new DomainError("INVALID_RESET_TOKEN", {
    detail: message,
    errors: [{ pointer: "/token", message }],
  });
}
