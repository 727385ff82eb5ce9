import type { RuleContent } from "@tocsin/contracts/api/rules";
import type { Transaction } from "@tocsin/db/client";
import { resolveRoles } from "../roles/resolve-roles.ts";

/**
 * The rows that say whom a rule alerts, and whom it escalates to.
 * @throws DomainError UNKNOWN_ROLE
 */
export async function resolveRuleRoles(tx: Transaction, content: RuleContent) {
  const [targets, escalations] = await Promise.all([
    resolveRoles(tx, content.targetRoles, "/targetRoles"),
    resolveRoles(tx, content.escalateToRoles, "/escalateToRoles"),
  ]);
  return {
    targetRoles: { create: targets.map((role) => ({ roleId: role.id })) },
    escalateToRoles: { create: escalations.map((role) => ({ roleId: role.id })) },
  };
}
