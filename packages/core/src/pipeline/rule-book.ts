import type { RuleAction } from "@tocsin/contracts/api/rules";
import { type Condition, Matcher, parseStoredCondition } from "@tocsin/rules-dsl";
import { createPace } from "../pace.ts";
import type { Directory } from "./directory.ts";
import { parseRuleTemplates, type RuleTemplates } from "./render-alert.ts";

/** A rule as the database holds it. */
export interface StoredRule {
  id: string;
  name: string;
  version: number;
  condition: string;
  titleTemplate: string;
  messageTemplate: string;
  action: RuleAction | null;
  sound: string | null;
  priority: number;
  mode: "live" | "shadow";
  dedupKeyTemplate: string | null;
  dedupWindowSeconds: number;
  stormLimit: number | null;
  stormWindowSeconds: number | null;
  stormMode: "digest" | "suppress";
  ackPolicy: "any" | "all";
  ackTimeoutSeconds: number | null;
  targetRoleIds: readonly string[];
  escalationRoleIds: readonly string[];
}

/** A rule with its texts compiled and its recipients known. */
export interface ActiveRule extends Omit<StoredRule, "condition" | "action">, RuleTemplates {
  condition: Condition;
  /** The active users who hold a target role, sorted. */
  recipients: readonly string[];
  /** The active users who are alerted as well where nobody acknowledges in time, sorted. */
  escalation: readonly string[];
}

/** Every active rule, ready to be held against events. Never changes: a new one takes its place as a whole. */
export interface RuleBook {
  matcher: Matcher;
  rules: ReadonlyMap<string, ActiveRule>;
}

export interface RuleBookSources {
  directory: Directory;
  /** The rules of the book before: texts that did not change are not compiled again. */
  known?: ReadonlyMap<string, ActiveRule> | undefined;
}

/**
 * Compiles the rules, and lets other work be done meanwhile. One that no longer compiles is handed to `onBroken` and
 * left out: it must not stop the others.
 */
export async function buildRuleBook(
  stored: readonly StoredRule[],
  { directory, known }: RuleBookSources,
  onBroken: (ruleId: string, error: unknown) => void,
): Promise<RuleBook> {
  const rules = new Map<string, ActiveRule>();
  const pace = createPace();
  for (const rule of stored) {
    // One after the other, giving way in between.
    await pace();
    try {
      rules.set(rule.id, activate(rule, directory, known?.get(rule.id)));
    } catch (error) {
      onBroken(rule.id, error);
    }
  }
  return { matcher: await Matcher.buildInSlices([...rules.values()], pace), rules };
}

/**
 * A rule ready to be used.
 * @param known the same rule as it was compiled before
 * @throws InvalidConditionError, InvalidTemplateError where a text is none any more
 */
export function activate(rule: StoredRule, directory: Directory, known?: ActiveRule): ActiveRule {
  const isKnown = known?.condition.source === rule.condition;
  return {
    ...rule,
    ...parseRuleTemplates({ ...rule, title: rule.titleTemplate, message: rule.messageTemplate }, known),
    condition: isKnown ? known.condition : parseStoredCondition(rule.condition),
    recipients: directory.holdersOf(rule.targetRoleIds),
    escalation: directory.holdersOf(rule.escalationRoleIds),
  };
}
