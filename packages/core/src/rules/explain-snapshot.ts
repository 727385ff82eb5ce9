import type { ConditionPart } from "@tocsin/contracts/api/rule-trials";
import type { Rule } from "@tocsin/contracts/api/rules";
import {
  type EventFacts,
  explainCondition,
  InvalidConditionError,
  parseStoredCondition,
  type Truth,
} from "@tocsin/rules-dsl";
import { toConditionPart } from "./condition-part.ts";
import { describeOutcome, missingFields } from "./describe-outcome.ts";

/** What the condition of a past version came to for an event. */
export interface ExplainedSnapshot {
  truth: Truth;
  why: string;
  missingFields: string[];
  condition: ConditionPart;
}

/** Undefined where there is no version, or the rule language does not understand it any more. */
export function explainSnapshot(
  snapshot: Pick<Rule, "condition"> | undefined,
  event: EventFacts,
): ExplainedSnapshot | undefined {
  if (!snapshot) return undefined;
  try {
    const explained = explainCondition(parseStoredCondition(snapshot.condition), event);
    return {
      truth: explained.truth ?? "unknown",
      why: describeOutcome(explained),
      missingFields: missingFields(explained),
      condition: toConditionPart(explained),
    };
  } catch (error) {
    if (error instanceof InvalidConditionError) return undefined;
    throw error;
  }
}
