import type { Role } from "@tocsin/contracts/api/roles";
import { DomainError } from "@tocsin/contracts/errors";
import type { Context } from "../context.ts";
import { toRole } from "./role-view.ts";

/**
 * One role.
 * @throws DomainError ROLE_NOT_FOUND
 */
export async function getRole(ctx: Context, { id }: { id: string }): Promise<Role> {
  const role = await ctx.db.role.findUnique({ where: { id } });
  if (!role) throw new DomainError("ROLE_NOT_FOUND");
  return toRole(role);
}
