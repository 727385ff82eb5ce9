import type { RuleContent } from "@tocsin/contracts/api/rules";
import { Matcher, parseStoredCondition } from "@tocsin/rules-dsl";
import type { PipelineEvent } from "../pipeline/load-events.ts";
import { parseRuleTemplates, renderAlert } from "../pipeline/render-alert.ts";
import type { Tally } from "./tally.ts";

const candidateId = "candidate";
const storedId = "stored";

/** Holds events against a rule, and against the stored rule that it is compared with, by the pipeline's own matcher. */
export function holdAgainst(
  candidate: RuleContent,
  stored: RuleContent | null,
  tally: Tally,
): (events: readonly PipelineEvent[]) => void {
  const matcher = Matcher.build([
    { id: candidateId, priority: 1, condition: parseStoredCondition(candidate.condition) },
    ...(stored ? [{ id: storedId, priority: 2, condition: parseStoredCondition(stored.condition) }] : []),
  ]);
  const templates = parseRuleTemplates(candidate);
  const storedTemplates = stored && parseRuleTemplates(stored);

  return (events) => {
    for (const event of events) {
      tally.look(event);
      if (event.action !== "trigger") continue;
      const matched = matcher.match(event);
      const isOld = matched.includes(storedId);
      if (matched.includes(candidateId)) {
        const { title, dedupKey } = renderAlert(templates, event);
        const groupKey = candidate.dedupWindowSeconds > 0 ? dedupKey : null;
        tally.addMatch(event, { title, groupKey }, isOld);
      } else if (isOld && storedTemplates)
        tally.addOldMatch(event, renderAlert(storedTemplates, event).title);
    }
  };
}
