import { DomainError } from "@tocsin/contracts/errors";
import { permissionsOf, type UserWithRoles } from "../auth/load-account.ts";
import { type Actor, permissionsOfActor } from "../context.ts";
import type { NamedRole } from "../roles/resolve-roles.ts";

/** What of these permissions somebody lacks. */
function lackingOf(actor: Actor, permissions: readonly string[]): string[] {
  if (actor.type === "system") return [];
  const own = permissionsOfActor(actor);
  return own.includes("*") ? [] : permissions.filter((permission) => !own.includes(permission));
}

/**
 * Nobody grants a permission that they lack themselves.
 * @throws DomainError UNAUTHORIZED_ROLE with a pointer to each role that holds one
 */
export function refuseEscalation(actor: Actor, roles: readonly NamedRole[]): void {
  const errors = roles.flatMap((role, index) => {
    const lacking = lackingOf(actor, role.permissions);
    if (lacking.length === 0) return [];
    return [
      { pointer: `/roles/${index}`, message: `"${role.name}" holds what you lack: ${lacking.join(", ")}` },
    ];
  });
  if (errors.length > 0) {
    throw new DomainError("UNAUTHORIZED_ROLE", { detail: errors[0]?.message ?? "", errors });
  }
}

/**
 * The same for the permissions of a role, or the scopes of an API key, that is made or changed.
 * @throws DomainError UNAUTHORIZED_ROLE
 */
export function refuseGranting(
  actor: Actor,
  permissions: readonly string[],
  field: "permissions" | "scopes" = "permissions",
): void {
  const lacking = lackingOf(actor, permissions);
  if (lacking.length === 0) return;
  const message = `You lack these permissions yourself: ${lacking.join(", ")}`;
  throw new DomainError("UNAUTHORIZED_ROLE", {
    detail: message,
    errors: [{ pointer: `/${field}`, message }],
  });
}

/** Whether the user may do what this actor may not. */
export function isOutranked(actor: Actor, account: UserWithRoles): boolean {
  return lackingOf(actor, permissionsOf(account)).length > 0;
}

/**
 * Nobody decides on a user who may do what they lack themselves: whoever could disable an admin or reset an admin's
 * password would be one.
 * @throws DomainError UNAUTHORIZED_ROLE
 */
export function refuseOutranked(actor: Actor, account: UserWithRoles): void {
  const lacking = lackingOf(actor, permissionsOf(account));
  if (lacking.length === 0) return;
  throw new DomainError("UNAUTHORIZED_ROLE", {
    detail: `The user may do what you may not: ${lacking.join(", ")}`,
  });
}
