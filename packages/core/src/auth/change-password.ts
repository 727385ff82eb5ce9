import type { ChangePasswordInput, Session } from "@tocsin/contracts/api/auth";
import { DomainError } from "@tocsin/contracts/errors";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import { type Context, currentUserId } from "../context.ts";
import { passwordLimits } from "../throttle/attempt-limits.ts";
import { countAttempt, uncountAttempt } from "../throttle/count-attempts.ts";
import { checkPasswordStrength } from "./check-password-strength.ts";
import { confirmSession } from "./confirm-session.ts";
import { endResetTokens } from "./end-reset-tokens.ts";
import { endSessions } from "./end-sessions.ts";
import { hashPassword, verifyPassword } from "./hash-password.ts";
import { issueSession } from "./issue-session.ts";
import { isAsVerified } from "./is-as-verified.ts";
import { loadAccount } from "./load-account.ts";
import { newSessionTokens } from "./tokens.ts";

/**
 * Changes one's own password. Every session ends, the caller's too: the answer is a new one.
 * @throws DomainError WRONG_PASSWORD, WEAK_PASSWORD; TOO_MANY_REQUESTS after too many wrong ones, UNAVAILABLE while
 * they cannot be counted; UNAUTHENTICATED where the session or the password is another by the time it is changed
 */
export async function changePassword(ctx: Context, input: ChangePasswordInput): Promise<Session> {
  const id = currentUserId(ctx);
  await countAttempt(ctx, passwordLimits(id));
  const account = await loadAccount(ctx.db, id);
  if (!account || !(await verifyPassword(input.currentPassword, account.passwordHash))) {
    await recordAudit(ctx.db, ctx, {
      action: "auth.password_change_failed",
      resourceType: "user",
      resourceId: id,
    });
    const message = "This is not your password";
    throw new DomainError("WRONG_PASSWORD", {
      detail: message,
      errors: [{ pointer: "/currentPassword", message }],
    });
  }
  await uncountAttempt(ctx, passwordLimits(id));
  const { email } = account;
  await checkPasswordStrength(ctx, { password: input.newPassword, email, pointer: "/newPassword" });
  const passwordHash = await hashPassword(input.newPassword);
  return inTransaction(ctx.db, async (tx) => {
    const current = await confirmSession(tx, ctx);
    if (!isAsVerified(current, account)) {
      throw new DomainError("UNAUTHENTICATED", { detail: "The session has ended; log in again" });
    }
    await tx.user.update({ where: { id }, data: { passwordHash } });
    const tokens = newSessionTokens();
    const ended = { userId: id, reason: "own_password_change", successorId: tokens.familyId } as const;
    await endSessions(tx, ctx, ended);
    await endResetTokens(tx, { id });
    await recordAudit(tx, ctx, { action: "auth.password_changed", resourceType: "user", resourceId: id });
    const changed = await loadAccount(tx, id);
    if (!changed) throw new DomainError("UNAUTHENTICATED");
    return issueSession(tx, ctx, changed, tokens);
  });
}
