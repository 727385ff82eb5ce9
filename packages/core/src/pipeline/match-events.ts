import { type EventFacts, renderTemplate } from "@tocsin/rules-dsl";
import type { RuleAction } from "@tocsin/contracts/api/rules";
import { type Hash, hashOf } from "../events/hash.ts";
import type { PipelineEvent } from "./load-events.ts";
import type { ActiveRule } from "./rule-book.ts";
import type { Snapshot } from "./snapshot.ts";

/** Longer ones are cut, never refused. Code points. */
const maximumTitle = 255;
const maximumMessage = 4000;

/** A rule that matched an event, with all that an alert of it would say. */
export interface Match {
  event: PipelineEvent;
  rule: ActiveRule;
  /** What makes this the same alert as another; null where the rule does not deduplicate. */
  group: { key: string; hash: Hash } | null;
  title: string;
  message: string;
  truncated: boolean;
  action: RuleAction | null;
  recipients: readonly string[];
  /** True: the rule's roles have no active holder, so the admins are alerted. */
  isOrphan: boolean;
}

/** The rules that match an event, by priority and id. Resolve and acknowledge events match none. */
export function matchEvent(event: PipelineEvent, { book, directory }: Snapshot): Match[] {
  if (event.action !== "trigger") return [];
  const facts: EventFacts = event;
  return book.matcher.match(facts).flatMap((ruleId) => {
    const rule = book.rules.get(ruleId);
    if (!rule) return [];
    const title = cut(renderTemplate(rule.title, facts), maximumTitle);
    const message = cut(renderTemplate(rule.message, facts), maximumMessage);
    const isOrphan = rule.recipients.length === 0;
    return [
      {
        event,
        rule,
        group: groupOf(rule, event, facts),
        title: title.text,
        message: message.text,
        truncated: title.truncated || message.truncated,
        action: renderAction(rule, facts),
        recipients: isOrphan ? directory.admins : rule.recipients,
        isOrphan,
      },
    ];
  });
}

function groupOf(rule: ActiveRule, event: PipelineEvent, facts: EventFacts): Match["group"] {
  if (rule.dedupWindowSeconds === 0) return null;
  const key = rule.dedupKey ? renderTemplate(rule.dedupKey, facts) : event.dedupKey;
  // Without a key there is nothing that two events could have in common.
  return key ? { key, hash: hashOf(key) } : null;
}

function renderAction(rule: ActiveRule, facts: EventFacts): RuleAction | null {
  if (!rule.action) return null;
  const url = renderTemplate(rule.action.url, facts);
  // The template began with https://, but what it became decides.
  if (!URL.canParse(url) || new URL(url).protocol !== "https:") return null;
  return { label: cut(renderTemplate(rule.action.label, facts), 100).text, url };
}

/** At most `maximum` code points; never half a surrogate pair. */
export function cut(text: string, maximum: number): { text: string; truncated: boolean } {
  if (text.length <= maximum) return { text, truncated: false };
  const points = Array.from(text);
  if (points.length <= maximum) return { text, truncated: false };
  return { text: points.slice(0, maximum).join(""), truncated: true };
}
