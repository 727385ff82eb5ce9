import type { RollbackRuleInput, Rule } from "@tocsin/contracts/api/rules";
import { DomainError } from "@tocsin/contracts/errors";
import type { Context } from "../context.ts";
import { changeRule } from "./change-rule.ts";
import { contentOf } from "./rule-content.ts";

/**
 * Makes a rule what it was at an earlier version, as its next version; a deleted rule comes back. Rolling back to what
 * the rule is anyway changes nothing.
 * @throws DomainError RULE_NOT_FOUND, RULE_VERSION_NOT_FOUND, RULE_CHANGED, and what {@link changeRule} throws where
 * the earlier version does not hold any more, such as UNKNOWN_ROLE
 */
export async function rollbackRule(
  ctx: Context,
  { id, version, expectedVersion }: RollbackRuleInput,
): Promise<Rule> {
  return changeRule(ctx, { id, expectedVersion, includeDeleted: true }, async () => {
    const stored = await ctx.db.ruleVersion.findUnique({
      where: { ruleId_version: { ruleId: id, version } },
    });
    if (!stored) throw new DomainError("RULE_VERSION_NOT_FOUND");
    return {
      content: contentOf(stored.snapshot as Partial<Rule>),
      origin: { kind: "rolled_back", restoredVersion: version },
    };
  });
}
