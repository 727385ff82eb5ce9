import type { RuleExplanation } from "@tocsin/contracts/api/event-explanations";
import type { Rule } from "@tocsin/contracts/api/rules";
import type { PastRule } from "../rules/version-in-force.ts";
import { explainDecision, type LoggedDecision } from "./explain-decision.ts";
import { explainNoMatch } from "./explain-no-match.ts";
import { factsInThread, type ThreadFacts } from "./thread-facts.ts";

/** A rule that is to be explained: what was decided for it, or that nothing was. */
export type RuleToExplain =
  | { decision: LoggedDecision; snapshot: Rule | undefined }
  | { rule: { id: string; name: string }; past: PastRule | undefined };

/** What became of an event at each of some rules, in a thread. */
export function run({
  event,
  rules,
}: {
  event: ThreadFacts;
  rules: readonly RuleToExplain[];
}): RuleExplanation[] {
  const facts = factsInThread(event);
  return rules.map((one) =>
    "decision" in one
      ? explainDecision(facts, one.decision, one.snapshot)
      : explainNoMatch(facts, one.rule, one.past),
  );
}
