import type { LoginInput, Session } from "@tocsin/contracts/api/auth";
import { DomainError } from "@tocsin/contracts/errors";
import { newId } from "@tocsin/db/ids";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import type { Context } from "../context.ts";
import { verifyPassword } from "./hash-password.ts";
import { issueSession } from "./issue-session.ts";
import { userWithRoles } from "./load-account.ts";

/**
 * Starts a session.
 * @throws DomainError INVALID_CREDENTIALS – the same, after the same time, whether the account exists or not
 * @throws DomainError ACCOUNT_NOT_ACTIVE – only to who knows the password
 */
export async function login(ctx: Context, input: LoginInput): Promise<Session> {
  const account = await ctx.db.user.findUnique({ where: { email: input.email }, include: userWithRoles });
  const passwordIsRight = await verifyPassword(input.password, account?.passwordHash);
  if (!account || !passwordIsRight) {
    await recordAudit(ctx.db, ctx, {
      action: "auth.login_failed",
      resourceType: "session",
      ...(account && { userId: account.id }),
      metadata: { reason: "credentials" },
    });
    throw new DomainError("INVALID_CREDENTIALS");
  }
  if (account.status !== "active") {
    await recordAudit(ctx.db, ctx, {
      action: "auth.login_failed",
      resourceType: "session",
      userId: account.id,
      metadata: { reason: account.status },
    });
    throw new DomainError("ACCOUNT_NOT_ACTIVE", { detail: `The account is ${account.status}` });
  }
  return inTransaction(ctx.db, async (tx) => {
    const { session } = await issueSession(tx, ctx, account, newId());
    await recordAudit(tx, ctx, { action: "auth.logged_in", resourceType: "session", userId: account.id });
    return session;
  });
}
