import type { Rule, UpdateRuleInput } from "@tocsin/contracts/api/rules";
import type { Context } from "../context.ts";
import { changeRule } from "./change-rule.ts";
import { contentOf, withDraft } from "./rule-content.ts";

/**
 * Changes a rule; fields that are not given stay as they are. Workers hold events against it from their next batch on.
 * @throws DomainError RULE_NOT_FOUND, RULE_CHANGED, INVALID_CONDITION, INVALID_TEMPLATE, RULE_TESTS_FAILED, UNKNOWN_ROLE,
 * UNKNOWN_SOUND
 */
export async function updateRule(
  ctx: Context,
  { id, expectedVersion, ...draft }: UpdateRuleInput,
): Promise<Rule> {
  return changeRule(ctx, { id, expectedVersion }, (rule) => ({
    content: withDraft(contentOf(rule), draft),
    origin: { kind: "updated" },
  }));
}
