import type { SampleEvent } from "@tocsin/contracts/api/rule-tests";
import type { RuleAction, RuleContent } from "@tocsin/contracts/api/rules";
import {
  type EventFacts,
  type ExplainedNode,
  explainCondition,
  parseStoredCondition,
  type Truth,
} from "@tocsin/rules-dsl";
import { newId } from "@tocsin/db/ids";
import { parseRuleTemplates, renderAlert } from "../pipeline/render-alert.ts";
import { describeOutcome } from "./describe-outcome.ts";
import { type TemplateWarning, templateWarnings } from "./template-warnings.ts";

/** What a rule makes of one event. */
export interface TriedRule {
  truth: Truth;
  /** Whether it would raise an alert, were it live: its condition is true and the event is a trigger. */
  fires: boolean;
  /** In words, why it does or does not. */
  why: string;
  explained: ExplainedNode;
  title: string;
  message: string;
  truncated: boolean;
  action: RuleAction | null;
  /** What makes two events the same alert; null where the rule does not deduplicate, or the event has no key. */
  dedupKey: string | null;
  /** What of its texts is probably not meant, for this event. */
  warnings: TemplateWarning[];
}

/** What is needed of a rule to try it. */
export type TriableRule = Pick<
  RuleContent,
  "name" | "condition" | "title" | "message" | "action" | "dedupKeyTemplate" | "dedupWindowSeconds"
>;

/**
 * Holds a rule against an event, without deciding, recording or sending anything.
 * @param now when the event is taken to have come in, where it does not say so itself
 * @throws InvalidConditionError, InvalidTemplateError
 */
export function tryRule(rule: TriableRule, sample: SampleEvent, now: Date): TriedRule {
  const facts = factsOf(sample, now);
  const explained = explainCondition(parseStoredCondition(rule.condition), facts);
  const truth = explained.truth ?? "unknown";
  const isTrigger = sample.action === "trigger";
  const templates = parseRuleTemplates(rule);
  const { dedup, ...alert } = renderAlert(templates, facts, rule.name);
  return {
    truth,
    fires: truth === "true" && isTrigger,
    why: isTrigger ? describeOutcome(explained) : `The event's action is ${sample.action}, not trigger`,
    explained,
    ...alert,
    dedupKey: rule.dedupWindowSeconds > 0 ? (dedup?.text ?? null) : null,
    warnings: templateWarnings(rule, templates, [facts]),
  };
}

/** A sample as an event that came in. */
export function factsOf(sample: SampleEvent, now: Date): EventFacts {
  return { id: newId(), ...sample, receivedAt: sample.receivedAt ?? now };
}
