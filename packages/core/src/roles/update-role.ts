import type { Role, UpdateRoleInput } from "@tocsin/contracts/api/roles";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import { endResetTokens } from "../auth/end-reset-tokens.ts";
import type { Context } from "../context.ts";
import { bumpVersion } from "../directory/bump-version.ts";
import { changeDirectory } from "../directory/change-directory.ts";
import { refuseGranting } from "../users/refuse-escalation.ts";
import { loadChangeableRole } from "./load-changeable-role.ts";
import { refuseLookAlikeName, refuseTakenName } from "./refuse-taken-name.ts";
import { toRole } from "./role-view.ts";

/**
 * Replaces a role's name, permissions and description. Its holders keep it, rules go on alerting them under the new
 * name, and what it allows counts from their next request on.
 * @throws DomainError ROLE_NOT_FOUND, SYSTEM_ROLE, ROLE_NAME_TAKEN, UNAUTHORIZED_ROLE, LAST_ADMIN
 */
export async function updateRole(ctx: Context, { id, ...fields }: UpdateRoleInput): Promise<Role> {
  return refuseTakenName(() =>
    inTransaction(ctx.db, (tx) =>
      changeDirectory(tx, ctx, "roles:manage", async (actor) => {
        refuseGranting(actor, fields.permissions);
        const { name, permissions, description } = toRole(await loadChangeableRole(tx, actor, id));
        await refuseLookAlikeName(tx, fields.name, id);
        const after = toRole(await tx.role.update({ where: { id }, data: fields }));
        // Workers know rules with the names of their roles.
        if (name !== after.name) await bumpVersion(tx, "rules");
        await endResetTokens(tx, { roles: { some: { roleId: id } } });
        await recordAudit(tx, ctx, {
          action: "role.updated",
          resourceType: "role",
          resourceId: id,
          before: { name, permissions, description },
          after: { ...fields },
        });
        return after;
      }),
    ),
  );
}
