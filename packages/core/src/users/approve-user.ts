import type { ApproveUserInput, User } from "@tocsin/contracts/api/users";
import { DomainError } from "@tocsin/contracts/errors";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import { endResetTokens } from "../auth/end-reset-tokens.ts";
import { loadAccount, toUser } from "../auth/load-account.ts";
import { lockAccount } from "../auth/lock-account.ts";
import type { Context } from "../context.ts";
import { changeDirectory } from "../directory/change-directory.ts";
import { resolveRoles } from "../roles/resolve-roles.ts";
import { refuseEscalation } from "./refuse-escalation.ts";
import { statusChanges } from "./user-status.ts";

/**
 * Lets a pending or unverified user in, with roles.
 * @throws DomainError USER_NOT_FOUND, USER_NOT_APPROVABLE, UNKNOWN_ROLE, UNAUTHORIZED_ROLE
 */
export async function approveUser(ctx: Context, input: ApproveUserInput): Promise<User> {
  const { from, to } = statusChanges.approve;
  return inTransaction(ctx.db, (tx) =>
    changeDirectory(tx, ctx, "users:manage", async (actor) => {
      const roles = await resolveRoles(tx, input.roles, "/roles");
      refuseEscalation(actor, roles);
      const before = await lockAccount(tx, input.id);
      if (!before) throw new DomainError("USER_NOT_FOUND");
      if (!(from as readonly string[]).includes(before.status)) {
        throw new DomainError("USER_NOT_APPROVABLE", { detail: `The user is ${before.status}` });
      }
      await tx.user.update({
        where: { id: input.id },
        data: { status: to, sessionVersion: { increment: 1 } },
      });
      await tx.userRole.deleteMany({ where: { userId: input.id } });
      await tx.userRole.createMany({ data: roles.map((role) => ({ userId: input.id, roleId: role.id })) });
      await endResetTokens(tx, { id: input.id });
      await recordAudit(tx, ctx, {
        action: "user.approved",
        resourceType: "user",
        resourceId: input.id,
        before: { status: before.status },
        after: { status: to, roles: input.roles },
      });
      const after = await loadAccount(tx, input.id);
      if (!after) throw new DomainError("USER_NOT_FOUND");
      return toUser(after);
    }),
  );
}
