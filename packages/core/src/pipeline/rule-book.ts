import type { RuleAction } from "@tocsin/contracts/api/rules";
import { Matcher, parseCondition } from "@tocsin/rules-dsl";
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
  targetRoleIds: readonly string[];
}

/** A rule with its templates parsed and its recipients known. */
export interface ActiveRule extends Omit<StoredRule, "condition" | "action">, RuleTemplates {
  /** The active users who hold a target role, sorted. */
  recipients: readonly string[];
}

/** Every active rule, ready to be held against events. Never changes: a new one takes its place as a whole. */
export interface RuleBook {
  matcher: Matcher;
  rules: ReadonlyMap<string, ActiveRule>;
}

/**
 * Compiles the rules. One that no longer compiles is handed to `onBroken` and left out: it must not stop the others.
 */
export function buildRuleBook(
  stored: readonly StoredRule[],
  directory: Directory,
  onBroken: (ruleId: string, error: unknown) => void,
): RuleBook {
  const rules = new Map<string, ActiveRule>();
  const conditions = stored.flatMap((rule) => {
    try {
      const condition = parseCondition(rule.condition);
      rules.set(rule.id, activate(rule, directory));
      return [{ id: rule.id, priority: rule.priority, condition }];
    } catch (error) {
      onBroken(rule.id, error);
      return [];
    }
  });
  return { matcher: Matcher.build(conditions), rules };
}

/**
 * A rule ready to be used.
 * @throws InvalidTemplateError where a template is none any more
 */
export function activate({ condition: _condition, ...rule }: StoredRule, directory: Directory): ActiveRule {
  return {
    ...rule,
    ...parseRuleTemplates({ ...rule, title: rule.titleTemplate, message: rule.messageTemplate }),
    recipients: directory.holdersOf(rule.targetRoleIds),
  };
}
