import type { ChosenRule } from "@tocsin/contracts/api/rule-trials";
import {
  createRuleInputSchema,
  type Rule,
  type RuleContent,
  type RuleDraft,
} from "@tocsin/contracts/api/rules";
import { invalidAt } from "@tocsin/contracts/validation-failed";
import type { Context } from "../context.ts";
import { checkCondition, checkTemplates, templatesOf } from "./check-rule-text.ts";
import { getRule } from "./get-rule.ts";
import { completeContent, contentOf, withDraft } from "./rule-content.ts";

/** The rule that is to be tried, and the stored one that it is compared with or a draft of. */
export interface RuleChoice {
  content: RuleContent;
  stored: Rule | null;
  /** True: the content is not what is stored. */
  isDraft: boolean;
}

/**
 * The rule that a caller means: a stored one, a draft, or a stored one with a draft's changes.
 * @throws DomainError RULE_NOT_FOUND, INVALID_CONDITION, INVALID_TEMPLATE, or VALIDATION_FAILED where none is meant or
 * two conditions are given
 */
export async function chooseRule(
  ctx: Context,
  { ruleId, condition, draft }: ChosenRule,
): Promise<RuleChoice> {
  if (condition !== undefined && draft?.condition !== undefined)
    throw invalidAt(["condition"], "Stands in the draft already", "duplicate");
  const changes: RuleDraft = { ...draft, ...(condition !== undefined && { condition }) };
  if (changes.condition === undefined && ruleId === undefined)
    throw invalidAt(["condition"], "Give a condition, a draft with one, or a ruleId", "missing");
  const stored = ruleId === undefined ? null : await getRule(ctx, { id: ruleId });
  const content = stored ? withDraft(contentOf(stored), changes) : newContent(changes);
  const at = draft === undefined ? "" : "/draft";
  checkCondition(content.condition, condition === undefined ? `${at}/condition` : "/condition");
  checkTemplates(templatesOf(content, at));
  return { content, stored, isDraft: Object.keys(changes).length > 0 };
}

/** A draft with defaults for all that it does not say; nobody is alerted by it. */
function newContent(draft: RuleDraft): RuleContent {
  const { targetRoles: _nobody, ...defaults } = createRuleInputSchema.parse({
    name: "Draft",
    condition: "true",
    targetRoles: ["Nobody"],
  });
  return completeContent({ ...defaults, targetRoles: [], ...definedOf(draft) });
}

function definedOf(draft: RuleDraft): Partial<RuleContent> {
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => value !== undefined));
}
