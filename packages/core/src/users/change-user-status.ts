import type { User } from "@tocsin/contracts/api/users";
import { DomainError } from "@tocsin/contracts/errors";
import { inTransaction } from "@tocsin/db/transaction";
import { type AuditAction, recordAudit } from "../audit/record-audit.ts";
import { endResetTokens } from "../auth/end-reset-tokens.ts";
import { endSessions } from "../auth/end-sessions.ts";
import { toUser } from "../auth/load-account.ts";
import { lockAccount } from "../auth/lock-account.ts";
import type { Context } from "../context.ts";
import { changeDirectory } from "../directory/change-directory.ts";
import { refuseOutranked } from "./refuse-escalation.ts";
import { type StatusChange, statusChanges } from "./user-status.ts";

const auditActions = {
  reject: "user.rejected",
  disable: "user.disabled",
  enable: "user.enabled",
} as const satisfies Partial<Record<StatusChange, AuditAction>>;

/**
 * Turns a registration down, keeps a user out, or lets a disabled user in again. Whoever is kept out is so from their
 * next request on, and is alerted no more.
 * @throws DomainError USER_NOT_FOUND, USER_STATUS_CONFLICT, UNAUTHORIZED_ROLE, LAST_ADMIN
 */
export async function changeUserStatus(
  ctx: Context,
  { id, change }: { id: string; change: keyof typeof auditActions },
): Promise<User> {
  const { from, to } = statusChanges[change];
  return inTransaction(ctx.db, (tx) =>
    changeDirectory(tx, ctx, "users:manage", async (actor) => {
      const before = await lockAccount(tx, id);
      if (!before) throw new DomainError("USER_NOT_FOUND");
      refuseOutranked(actor, before);
      if (!(from as readonly string[]).includes(before.status)) {
        throw new DomainError("USER_STATUS_CONFLICT", { detail: `The user is ${before.status}` });
      }
      await tx.user.update({ where: { id }, data: { status: to } });
      if (change === "disable") await endSessions(tx, ctx, { userId: id, reason: "disabled" });
      await endResetTokens(tx, { id });
      await recordAudit(tx, ctx, {
        action: auditActions[change],
        resourceType: "user",
        resourceId: id,
        before: { status: before.status },
        after: { status: to },
      });
      return toUser({ ...before, status: to });
    }),
  );
}
