import { isDeepStrictEqual } from "node:util";
import {
  createRuleInputSchema,
  type CreateRuleInput,
  type Rule,
  type RuleContent,
  type RuleDraft,
} from "@tocsin/contracts/api/rules";
import { Prisma } from "@tocsin/db/client";

/** What an alert says where its rule has no words of its own. */
const defaultMessage = "{{ event.type }} from {{ event.source }}";

const contentFields = Object.keys(createRuleInputSchema.shape);

/** What a rule says that says no more than it must. */
const defaults = createRuleInputSchema.parse({ name: "-", condition: "true", targetRoles: ["Nobody"] });

/** A new rule with the words that it was not given. */
export function completeContent(input: CreateRuleInput): RuleContent {
  return { ...input, title: input.title ?? input.name, message: input.message ?? defaultMessage };
}

/**
 * What of a rule its author decides. Fields that a stored version does not have, being older than they are, have
 * their default; those that it has were taken by the rules of their time, and are not judged again.
 */
export function contentOf(rule: Partial<Rule>): RuleContent {
  const own = Object.entries(rule).filter(
    ([field, value]) => contentFields.includes(field) && value !== undefined,
  );
  return completeContent({ ...defaults, ...(Object.fromEntries(own) as Partial<RuleContent>) });
}

/** The content with what a draft says otherwise. */
export function withDraft(content: RuleContent, draft: RuleDraft): RuleContent {
  const said = Object.entries(draft).filter(([, value]) => value !== undefined);
  return { ...content, ...(Object.fromEntries(said) as Partial<RuleContent>) };
}

/** The fields in which two contents differ; the order of roles means nothing. */
export function changedFields(before: RuleContent, after: RuleContent): (keyof RuleContent)[] {
  const [one, other] = [comparable(before), comparable(after)];
  return (contentFields as (keyof RuleContent)[]).filter(
    (field) => !isDeepStrictEqual(one[field], other[field]),
  );
}

function comparable(content: RuleContent): RuleContent {
  const { targetRoles, escalateToRoles } = content;
  return {
    ...content,
    targetRoles: targetRoles.toSorted(),
    escalateToRoles: escalateToRoles.toSorted(),
  };
}

/** The content as columns of the table; roles are tables of their own. */
export function toColumns(content: RuleContent) {
  const {
    targetRoles: _roles,
    escalateToRoles: _escalation,
    title,
    message,
    action,
    tests,
    ...fields
  } = content;
  return {
    ...fields,
    titleTemplate: title,
    messageTemplate: message,
    action: action ?? Prisma.DbNull,
    tests: tests.length > 0 ? (tests as Prisma.InputJsonArray) : Prisma.DbNull,
  };
}

/** How many characters of a rule's condition workers hold ready. */
export function roomOf({ active, condition }: Pick<RuleContent, "active" | "condition">): number {
  return active ? condition.length : 0;
}
