import type { RuleContent } from "@tocsin/contracts/api/rules";
import { parseExactly } from "@tocsin/contracts/exact-number";
import { type EventFacts, Matcher, parseStoredCondition } from "@tocsin/rules-dsl";
import { parseRuleTemplates, renderAlert } from "../pipeline/render-alert.ts";

/** A rule as far as a backtest depends on it. */
export type HeldRule = Pick<
  RuleContent,
  "name" | "condition" | "title" | "message" | "action" | "dedupKeyTemplate" | "dedupWindowSeconds"
>;

/** An event with its payload as JSON text, which is parsed here. */
export interface HeldEvent extends Omit<EventFacts, "payload"> {
  payload: string;
  action: string;
  dedupKey: string | null;
}

/** What one of two rules, or both, made of an event that they matched. */
export interface HeldMatch {
  /** Which of the events it is. */
  index: number;
  isNew: boolean;
  isOld: boolean;
  /** What the alert would say: of the candidate, else of the stored rule. */
  title: string;
  /** What makes it the same alert as another; null where the candidate does not deduplicate. */
  groupKey: string | null;
}

export interface HoldEventsInput {
  candidate: HeldRule;
  /** The rule that it is compared with. */
  stored: HeldRule | null;
  events: readonly HeldEvent[];
  /** After this no further event is looked at. Milliseconds. */
  patienceMs: number;
}

const candidateId = "candidate";
const storedId = "stored";

/**
 * Holds events against a rule, and against the stored rule that it is compared with, by the pipeline's own matcher, in a
 * thread. Tells how many it looked at, the first ones, and what matched.
 */
export function run({ candidate, stored, events, patienceMs }: HoldEventsInput): {
  lookedAt: number;
  matches: HeldMatch[];
} {
  const startedAt = performance.now();
  const matcher = Matcher.build([
    { id: candidateId, priority: 1, condition: parseStoredCondition(candidate.condition) },
    ...(stored ? [{ id: storedId, priority: 2, condition: parseStoredCondition(stored.condition) }] : []),
  ]);
  const templates = parseRuleTemplates(candidate);
  const storedTemplates = stored ? parseRuleTemplates(stored) : templates;
  const matches: HeldMatch[] = [];
  for (const [index, event] of events.entries()) {
    if (performance.now() - startedAt > patienceMs) return { lookedAt: index, matches };
    if (event.action !== "trigger") continue;
    const facts = { ...event, payload: parseExactly(event.payload) };
    const matched = matcher.match(facts);
    if (matched.length === 0) continue;
    const isNew = matched.includes(candidateId);
    const [own, name] = isNew ? [templates, candidate.name] : [storedTemplates, stored?.name ?? ""];
    const { title, dedup } = renderAlert(own, facts, name);
    const groupKey = isNew && candidate.dedupWindowSeconds > 0 && dedup ? dedup.identity.join("\0") : null;
    matches.push({ index, isNew, isOld: matched.includes(storedId), title, groupKey });
  }
  return { lookedAt: events.length, matches };
}
