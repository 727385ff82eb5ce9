export type * from "./ast.ts";
export {
  type ConditionWarning,
  type CheckOptions,
  type EventSchema,
  type FieldType,
  checkCondition,
} from "./check.ts";
export { InvalidConditionError, InvalidTemplateError, type Position } from "./errors.ts";
export type { EvaluationOptions, EventFacts } from "./event-facts.ts";
export { type ExplainedNode, explainCondition } from "./explain.ts";
export { formatCondition } from "./format.ts";
export { evaluateCondition, type Truth } from "./interpret.ts";
export { conditionLimits, templateLimits } from "./limits.ts";
export { Matcher, type MatcherRule } from "./matcher/matcher.ts";
export { parseCondition } from "./parse.ts";
export { parseTemplate, renderTemplate, type Template } from "./template.ts";
