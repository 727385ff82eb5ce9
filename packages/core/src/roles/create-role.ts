import type { CreateRoleInput, Role } from "@tocsin/contracts/api/roles";
import { newId } from "@tocsin/db/ids";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import { confirmActor } from "../auth/confirm-actor.ts";
import type { Context } from "../context.ts";
import { refuseGranting } from "../users/refuse-escalation.ts";
import { refuseLookAlikeName, refuseTakenName } from "./refuse-taken-name.ts";
import { toRole } from "./role-view.ts";

/**
 * Creates a role. Nobody grants a permission that they lack.
 * @throws DomainError ROLE_NAME_TAKEN, UNAUTHORIZED_ROLE
 */
export async function createRole(ctx: Context, input: CreateRoleInput): Promise<Role> {
  return refuseTakenName(() =>
    inTransaction(ctx.db, async (tx) => {
      refuseGranting(await confirmActor(tx, ctx, "roles:manage"), input.permissions);
      await refuseLookAlikeName(tx, input.name);
      const role = toRole(await tx.role.create({ data: { id: newId(), ...input } }));
      await recordAudit(tx, ctx, {
        action: "role.created",
        resourceType: "role",
        resourceId: role.id,
        after: { ...input },
      });
      return role;
    }),
  );
}
