import { DomainError } from "@tocsin/contracts/errors";
import type { Actor } from "../context.ts";
import type { NamedRole } from "../roles/resolve-roles.ts";

/**
 * Nobody grants a permission that they lack themselves.
 * @throws DomainError UNAUTHORIZED_ROLE with a pointer to each role that holds one
 */
export function refuseEscalation(actor: Actor, roles: readonly NamedRole[]): void {
  if (actor.type === "system") return;
  const own = actor.type === "user" ? actor.permissions : [];
  if (own.includes("*")) return;
  const errors = roles.flatMap((role, index) => {
    const lacking = role.permissions.filter((permission) => !own.includes(permission));
    if (lacking.length === 0) return [];
    return [
      { pointer: `/roles/${index}`, message: `"${role.name}" holds what you lack: ${lacking.join(", ")}` },
    ];
  });
  if (errors.length > 0) {
    throw new DomainError("UNAUTHORIZED_ROLE", { detail: errors[0]?.message ?? "", errors });
  }
}
