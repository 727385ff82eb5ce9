import {
  type EventFacts,
  explainCondition,
  InvalidConditionError,
  parseStoredCondition,
} from "@tocsin/rules-dsl";
import { factsInThread, type ThreadFacts } from "./thread-facts.ts";
import { type MissCandidate, rankNearMisses } from "./rank-near-misses.ts";

/** A rule as far as its nearness depends on it. */
export interface NearMissRule {
  id: string;
  condition: string;
}

/** After this no further rule is looked at. Milliseconds. */
const patienceMs = 1000;

/** The rules that nearly matched an event, nearest first, in a thread; those first in the list are looked at first. */
export function run({ rules, event }: { rules: readonly NearMissRule[]; event: ThreadFacts }): string[] {
  const startedAt = performance.now();
  const facts = factsInThread(event);
  const candidates: MissCandidate[] = [];
  for (const rule of rules) {
    if (performance.now() - startedAt > patienceMs) break;
    candidates.push(...explainFor(rule, facts));
  }
  return rankNearMisses(candidates);
}

/** A stored condition that the language does not understand any more is left out. */
function explainFor(rule: NearMissRule, event: EventFacts): MissCandidate[] {
  try {
    return [{ id: rule.id, explained: explainCondition(parseStoredCondition(rule.condition), event) }];
  } catch (error) {
    if (error instanceof InvalidConditionError) return [];
    throw error;
  }
}
