import { DomainError } from "@tocsin/contracts/errors";
import type { Transaction } from "@tocsin/db/client";
import { isForeignKeyViolation } from "@tocsin/db/errors";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import type { Context } from "../context.ts";
import { changeDirectory } from "../directory/change-directory.ts";
import { loadChangeableRole } from "./load-changeable-role.ts";
import { toRole } from "./role-view.ts";

/**
 * Deletes a role that nobody holds and no rule names.
 * @throws DomainError ROLE_NOT_FOUND, SYSTEM_ROLE, ROLE_IN_USE, UNAUTHORIZED_ROLE
 */
export async function deleteRole(ctx: Context, { id }: { id: string }): Promise<void> {
  try {
    await inTransaction(ctx.db, (tx) =>
      changeDirectory(tx, ctx, "roles:manage", async (actor) => {
        const { name, permissions, description } = toRole(await loadChangeableRole(tx, actor, id));
        await refuseUsed(tx, id);
        await tx.role.delete({ where: { id } });
        await recordAudit(tx, ctx, {
          action: "role.deleted",
          resourceType: "role",
          resourceId: id,
          before: { name, permissions, description },
        });
      }),
    );
  } catch (error) {
    // Someone began to use it between the look and the deletion.
    if (isForeignKeyViolation(error)) throw new DomainError("ROLE_IN_USE", { cause: error });
    throw error;
  }
}

async function refuseUsed(tx: Transaction, id: string): Promise<void> {
  const [users, rules, escalations] = await Promise.all([
    tx.userRole.count({ where: { roleId: id } }),
    tx.ruleTargetRole.count({ where: { roleId: id } }),
    tx.ruleEscalationRole.count({ where: { roleId: id } }),
  ]);
  if (users + rules + escalations === 0) return;
  throw new DomainError("ROLE_IN_USE", {
    detail: `${users} users hold it, ${rules} rules alert it and ${escalations} escalate to it`,
  });
}
