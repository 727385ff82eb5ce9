import type { RuleAction } from "@tocsin/contracts/api/rules";
import type { EventFacts } from "@tocsin/rules-dsl";
import { type Hash, hashOf } from "../events/hash.ts";
import { type Audience, audienceOf } from "./audience.ts";
import { chooseRecipients, type ChosenRecipients } from "./choose-recipients.ts";
import type { PipelineEvent } from "./load-events.ts";
import { renderAlert } from "./render-alert.ts";
import type { ActiveRule } from "./rule-book.ts";
import type { Snapshot } from "./snapshot.ts";

/** A rule that matched an event, with all that an alert of it would say. */
export interface Match extends ChosenRecipients, Audience {
  event: PipelineEvent;
  rule: ActiveRule;
  /** The silence that keeps it quiet. */
  silenceId: string | null;
  /** What makes this the same alert as another; null where the rule does not deduplicate. */
  group: { key: string; hash: Hash } | null;
  title: string;
  message: string;
  truncated: boolean;
  action: RuleAction | null;
}

/** The rules that match an event, by priority and id. Resolve and acknowledge events match none. */
export function matchEvent(event: PipelineEvent, { book, silences, directory }: Snapshot): Match[] {
  if (event.action !== "trigger") return [];
  const facts: EventFacts = event;
  const ruleIds = book.matcher.match(facts);
  const silenceId = ruleIds.length > 0 ? silences.silenceOf(event) : null;
  return ruleIds.flatMap((ruleId) => {
    const rule = book.rules.get(ruleId);
    if (!rule) return [];
    const { dedup, ...alert } = renderAlert(rule, facts, rule.name);
    return [
      {
        event,
        rule,
        silenceId,
        group:
          rule.dedupWindowSeconds > 0 && dedup ? { key: dedup.text, hash: hashOf(...dedup.identity) } : null,
        ...alert,
        ...chooseRecipients(rule, directory),
        ...audienceOf(rule, directory),
      },
    ];
  });
}
