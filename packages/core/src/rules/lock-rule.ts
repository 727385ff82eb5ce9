import type { Rule } from "@tocsin/contracts/api/rules";
import { DomainError } from "@tocsin/contracts/errors";
import type { Database, Transaction } from "@tocsin/db/client";
import { ruleWithRoles, toRule } from "./rule-view.ts";

/** What is asked of a rule before it may be changed. */
export interface LockOptions {
  id: string;
  /** The version that the caller has seen; undefined: any. */
  expectedVersion?: number | undefined;
  /** Deleted rules may be brought back. */
  includeDeleted?: boolean;
}

/** A rule as it was found. */
export interface FoundRule {
  rule: Rule;
  isDeleted: boolean;
}

/**
 * Reads a rule and keeps it from changing until the transaction ends: of two who change it at once one waits, then
 * sees what the other did.
 * @throws DomainError RULE_NOT_FOUND, or RULE_CHANGED where the rule is at another version than expected
 */
export async function lockRule(tx: Transaction, asked: LockOptions): Promise<FoundRule> {
  await tx.$queryRaw`SELECT id FROM rule WHERE id = ${asked.id} FOR UPDATE`;
  return readRule(tx, asked);
}

/**
 * Reads a rule that is to be changed.
 * @throws DomainError RULE_NOT_FOUND, or RULE_CHANGED where the rule is at another version than expected
 */
export async function readRule(
  db: Database | Transaction,
  { id, expectedVersion, includeDeleted = false }: LockOptions,
): Promise<FoundRule> {
  const row = await db.rule.findUnique({ where: { id }, include: ruleWithRoles });
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
