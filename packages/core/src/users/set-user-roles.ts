import type { SetUserRolesInput, User } from "@tocsin/contracts/api/users";
import { DomainError } from "@tocsin/contracts/errors";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import { endResetTokens } from "../auth/end-reset-tokens.ts";
import { toUser } from "../auth/load-account.ts";
import { lockAccount } from "../auth/lock-account.ts";
import type { Context } from "../context.ts";
import { changeDirectory } from "../directory/change-directory.ts";
import { resolveRoles } from "../roles/resolve-roles.ts";
import { refuseEscalation, refuseOutranked } from "./refuse-escalation.ts";

/**
 * Gives a user these roles and no others. What they allow counts from the user's next request on.
 * @throws DomainError USER_NOT_FOUND, USER_STATUS_CONFLICT for one who is not let in yet, UNKNOWN_ROLE,
 * UNAUTHORIZED_ROLE, LAST_ADMIN
 */
export async function setUserRoles(ctx: Context, { id, roles: names }: SetUserRolesInput): Promise<User> {
  return inTransaction(ctx.db, (tx) =>
    changeDirectory(tx, ctx, "users:manage", async (actor) => {
      const roles = await resolveRoles(tx, names, "/roles");
      refuseEscalation(actor, roles);
      const before = await lockAccount(tx, id);
      if (!before) throw new DomainError("USER_NOT_FOUND");
      refuseOutranked(actor, before);
      if (before.status !== "active" && before.status !== "disabled") {
        throw new DomainError("USER_STATUS_CONFLICT", {
          detail: `The user is ${before.status}: approve them with their roles`,
        });
      }
      await tx.userRole.deleteMany({ where: { userId: id } });
      await tx.userRole.createMany({ data: roles.map((role) => ({ userId: id, roleId: role.id })) });
      await endResetTokens(tx, { id });
      await recordAudit(tx, ctx, {
        action: "user.roles_changed",
        resourceType: "user",
        resourceId: id,
        before: { roles: toUser(before).roles },
        after: { roles: names.toSorted() },
      });
      return { ...toUser(before), roles: names.toSorted() };
    }),
  );
}
