import { DomainError, type ProblemError } from "@tocsin/contracts/errors";
import type { RuleDraft } from "@tocsin/contracts/api/rules";
import {
  checkLinkTemplate,
  InvalidConditionError,
  InvalidTemplateError,
  parseCondition,
  parseTemplate,
} from "@tocsin/rules-dsl";

/** What is wrong with a condition; empty where the rule language understands it. */
export function conditionErrors(condition: string, pointer = "/condition"): ProblemError[] {
  try {
    parseCondition(condition);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidConditionError)) throw error;
    const { message, line, column, found, expected, suggestion } = error;
    const place = { pointer, message, line, column, found, expected: [...expected] };
    return [{ ...place, ...(suggestion !== undefined && { suggestion }) }];
  }
}

/**
 * Refuses a condition that the rule language does not understand.
 * @throws DomainError INVALID_CONDITION with line, column, what was found and what was expected
 */
export function checkCondition(condition: string, pointer?: string): void {
  refuse("INVALID_CONDITION", conditionErrors(condition, pointer));
}

/** The texts of a rule that are templates, by the field they come in; null or undefined where there is none. */
export type RuleTemplates = Readonly<Record<string, string | null | undefined>>;

/** The templates of a rule, by their pointer. */
export function templatesOf(
  content: Pick<RuleDraft, "title" | "message" | "dedupKeyTemplate" | "action">,
  at = "",
): RuleTemplates {
  return {
    [`${at}/title`]: content.title,
    [`${at}/message`]: content.message,
    [`${at}/dedupKeyTemplate`]: content.dedupKeyTemplate,
    [`${at}/action/label`]: content.action?.label,
    [`${at}/action/url`]: content.action?.url,
  };
}

/** What is wrong with templates; empty where all of them can be rendered. */
export function templateErrors(templates: RuleTemplates): ProblemError[] {
  return Object.entries(templates).flatMap(([pointer, source]): ProblemError[] => {
    if (source === null || source === undefined) return [];
    try {
      const template = parseTemplate(source);
      const problem = pointer.endsWith("/action/url") && checkLinkTemplate(template);
      if (problem) throw new InvalidTemplateError(problem);
      return [];
    } catch (error) {
      if (!(error instanceof InvalidTemplateError)) throw error;
      return [{ pointer, message: error.message, line: error.line, column: error.column }];
    }
  });
}

/**
 * Refuses templates that cannot be rendered.
 * @throws DomainError INVALID_TEMPLATE with the place in each
 */
export function checkTemplates(templates: RuleTemplates): void {
  refuse("INVALID_TEMPLATE", templateErrors(templates));
}

function refuse(code: "INVALID_CONDITION" | "INVALID_TEMPLATE", errors: readonly ProblemError[]): void {
  if (errors.length > 0) throw new DomainError(code, { detail: errors[0]?.message ?? "", errors });
}
