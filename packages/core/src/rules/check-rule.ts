import type { Context } from "../context.ts";
import type { RuleContent } from "@tocsin/contracts/api/rules";
import { checkRuleTests } from "./check-rule-tests.ts";
import { checkCondition, checkTemplates, templatesOf } from "./check-rule-text.ts";

/**
 * Refuses a rule that could not be held against events, or that fails its own tests.
 * @throws DomainError INVALID_CONDITION, INVALID_TEMPLATE, RULE_TESTS_FAILED, each with pointers; what {@link checkRuleTests} throws
 */
export async function checkRule(ctx: Context, content: RuleContent): Promise<void> {
  checkCondition(content.condition);
  checkTemplates(templatesOf(content));
  await checkRuleTests(ctx, content);
}
