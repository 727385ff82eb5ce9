import type { RuleWarning, ValidatedRule, ValidateRuleInput } from "@tocsin/contracts/api/rule-trials";
import {
  checkCondition,
  type Condition,
  type ConditionWarning,
  type EventFacts,
  formatCondition,
  parseCondition,
  positionAt,
} from "@tocsin/rules-dsl";
import { conditionErrors, templateErrors, templatesOf } from "./check-rule-text.ts";
import { parseRuleTemplates } from "../pipeline/render-alert.ts";
import { templateWarnings } from "./template-warnings.ts";
import { factsOf } from "./try-rule.ts";

/** What is wrong with the texts of a rule, and what is probably not meant, in a thread. */
export function run({ input, now }: { input: ValidateRuleInput; now: Date }): ValidatedRule {
  const broken = conditionErrors(input.condition);
  const wrong = templateErrors(templatesOf(input));
  const errors = [...broken, ...wrong];
  if (broken.length > 0) return { valid: false, errors, warnings: [], normalForm: null };
  const condition = parseCondition(input.condition);
  const sampleEvents = input.sampleEvents.map((sample) => factsOf(sample, now));
  return {
    valid: errors.length === 0,
    errors,
    warnings: [
      ...checkCondition(condition, { sampleEvents }).map((warning) => describeWarning(condition, warning)),
      ...(wrong.length > 0 ? [] : warningsOfTexts(input, sampleEvents)),
    ],
    normalForm: formatCondition(condition),
  };
}

/** Texts that are not given are those of a new rule; whether it deduplicates is not known here, so it may. */
function warningsOfTexts(input: ValidateRuleInput, sampleEvents: readonly EventFacts[]) {
  const { title = "-", message = "-", action = null, dedupKeyTemplate = null } = input;
  const templates = parseRuleTemplates({ title, message, action, dedupKeyTemplate });
  return templateWarnings({ dedupWindowSeconds: 1 }, templates, sampleEvents);
}

function describeWarning(
  { source }: Condition,
  { code, message, span, suggestion }: ConditionWarning,
): RuleWarning {
  const { line, column } = positionAt(source, span.start);
  return {
    code,
    pointer: "/condition",
    message,
    line,
    column,
    source: source.slice(span.start, span.end),
    ...(suggestion !== undefined && { suggestion }),
  };
}
