import type { ValidatedRule, ValidateRuleInput } from "@tocsin/contracts/api/rule-trials";
import {
  checkCondition,
  type Condition,
  type ConditionWarning,
  formatCondition,
  parseCondition,
  positionAt,
} from "@tocsin/rules-dsl";
import { conditionErrors, templateErrors, templatesOf } from "./check-rule-text.ts";
import { factsOf } from "./try-rule.ts";

/** What is wrong with the texts of a rule, and what is probably not meant, in a thread. */
export function run({ input, now }: { input: ValidateRuleInput; now: Date }): ValidatedRule {
  const broken = conditionErrors(input.condition);
  const errors = [...broken, ...templateErrors(templatesOf(input))];
  if (broken.length > 0) return { valid: false, errors, warnings: [], normalForm: null };
  const condition = parseCondition(input.condition);
  const sampleEvents = input.sampleEvents.map((sample) => factsOf(sample, now));
  return {
    valid: errors.length === 0,
    errors,
    warnings: checkCondition(condition, { sampleEvents }).map((warning) =>
      describeWarning(condition, warning),
    ),
    normalForm: formatCondition(condition),
  };
}

function describeWarning(
  { source }: Condition,
  { code, message, span, suggestion }: ConditionWarning,
): ValidatedRule["warnings"][number] {
  const { line, column } = positionAt(source, span.start);
  return {
    code,
    message,
    line,
    column,
    source: source.slice(span.start, span.end),
    ...(suggestion !== undefined && { suggestion }),
  };
}
