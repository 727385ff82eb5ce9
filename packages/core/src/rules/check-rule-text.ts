import { DomainError } from "@tocsin/contracts/errors";
import {
  InvalidConditionError,
  InvalidTemplateError,
  parseCondition,
  parseTemplate,
} from "@tocsin/rules-dsl";

/**
 * Refuses a condition that the rule language does not understand.
 * @throws DomainError INVALID_CONDITION with line, column, what was found and what was expected
 */
export function checkCondition(condition: string): void {
  try {
    parseCondition(condition);
  } catch (error) {
    if (!(error instanceof InvalidConditionError)) throw error;
    const { message, line, column, found, expected } = error;
    throw new DomainError("INVALID_CONDITION", {
      detail: message,
      errors: [{ pointer: "/condition", message, line, column, found, expected: [...expected] }],
    });
  }
}

/** The texts of a rule that are templates, by the field they come in; null where there is none. */
export type RuleTemplates = Readonly<Record<string, string | null>>;

/**
 * Refuses templates that cannot be rendered.
 * @throws DomainError INVALID_TEMPLATE with the place in each
 */
export function checkTemplates(templates: RuleTemplates): void {
  const errors = Object.entries(templates).flatMap(([pointer, source]) => {
    if (source === null) return [];
    try {
      parseTemplate(source);
      return [];
    } catch (error) {
      if (!(error instanceof InvalidTemplateError)) throw error;
      return [{ pointer, message: error.message, line: error.line, column: error.column }];
    }
  });
  if (errors.length > 0)
    throw new DomainError("INVALID_TEMPLATE", { detail: errors[0]?.message ?? "", errors });
}
