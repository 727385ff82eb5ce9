import { DomainError } from "@tocsin/contracts/errors";
import type { Role, Transaction } from "@tocsin/db/client";
import type { Actor } from "../context.ts";
import { refuseGranting } from "../users/refuse-escalation.ts";

/**
 * A role that this actor may change: not a system role, and none that allows what the actor may not do.
 * @throws DomainError ROLE_NOT_FOUND, SYSTEM_ROLE, UNAUTHORIZED_ROLE
 */
export async function loadChangeableRole(tx: Transaction, actor: Actor, id: string): Promise<Role> {
  const role = await tx.role.findUnique({ where: { id } });
  if (!role) throw new DomainError("ROLE_NOT_FOUND");
  if (role.system) throw new DomainError("SYSTEM_ROLE", { detail: `"${role.name}" is a system role` });
  refuseGranting(actor, role.permissions as string[]);
  return role;
}
