import type { RuleContent } from "@tocsin/contracts/api/rules";
import { checkCondition, checkTemplates, type RuleTemplates } from "./check-rule-text.ts";
import { checkRuleTests } from "./check-rule-tests.ts";

/** The texts of a rule that are templates, by their pointer. */
export function templatesOf(
  content: Pick<RuleContent, "title" | "message" | "dedupKeyTemplate" | "action">,
): RuleTemplates {
  return {
    "/title": content.title,
    "/message": content.message,
    "/dedupKeyTemplate": content.dedupKeyTemplate,
    "/action/label": content.action?.label ?? null,
    "/action/url": content.action?.url ?? null,
  };
}

/**
 * Refuses a rule that could not be held against events, or that fails its own tests.
 * @throws DomainError INVALID_CONDITION, INVALID_TEMPLATE, RULE_TESTS_FAILED, each with pointers
 */
export function checkRule(content: RuleContent, now: Date): void {
  checkCondition(content.condition);
  checkTemplates(templatesOf(content));
  checkRuleTests(content, now);
}
