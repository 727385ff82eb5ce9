import type { Role } from "@tocsin/contracts/api/roles";
import type { GrantedPermission } from "@tocsin/contracts/permissions";
import type { Role as RoleRow } from "@tocsin/db/client";

/** A role as the API shows it. */
export function toRole({ id, name, permissions, description, system, createdAt }: RoleRow): Role {
  return {
    ...{ id, name, description, system },
    permissions: permissions as GrantedPermission[],
    createdAt: createdAt.toISOString(),
  };
}
