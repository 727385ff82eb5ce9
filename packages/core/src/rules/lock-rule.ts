import type { Rule } from "@tocsin/contracts/api/rules";
import { DomainError } from "@tocsin/contracts/errors";
import type { Transaction } from "@tocsin/db/client";
import { ruleWithRoles, toRule } from "./rule-view.ts";

/** What is asked of a rule before it may be changed. */
export interface LockOptions {
  id: string;
  /** The version that the caller has seen; undefined: any. */
  expectedVersion?: number | undefined;
  /** Deleted rules may be brought back. */
  includeDeleted?: boolean;
}

/**
 * Reads a rule and keeps it from changing until the transaction ends: of two who change it at once one waits, then
 * sees what the other did.
 * @throws DomainError RULE_NOT_FOUND, or RULE_CHANGED where the rule is at another version than expected
 */
export async function lockRule(
  tx: Transaction,
  { id, expectedVersion, includeDeleted = false }: LockOptions,
): Promise<{ rule: Rule; isDeleted: boolean }> {
  await tx.$queryRaw`SELECT id FROM rule WHERE id = ${id} FOR UPDATE`;
  const row = await tx.rule.findUnique({ where: { id }, include: ruleWithRoles });
  if (!row || (row.deletedAt !== null && !includeDeleted)) throw new DomainError("RULE_NOT_FOUND");
  if (expectedVersion !== undefined && expectedVersion !== row.version) {
    const message = `The rule is at version ${row.version} by now, not ${expectedVersion}`;
    throw new DomainError("RULE_CHANGED", {
      detail: message,
      errors: [{ pointer: "/expectedVersion", message }],
    });
  }
  return { rule: toRule(row), isDeleted: row.deletedAt !== null };
}
