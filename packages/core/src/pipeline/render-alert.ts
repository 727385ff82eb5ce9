import type { RuleAction } from "@tocsin/contracts/api/rules";
import { type EventFacts, parseTemplate, renderTemplate, type Template } from "@tocsin/rules-dsl";

/** Longer ones are cut, never refused. Code points. */
const maximumTitle = 255;
const maximumMessage = 4000;
const maximumLabel = 100;

/** The templates of a rule, parsed. */
export interface RuleTemplates {
  title: Template;
  message: Template;
  /** Null: the event's own dedup key. */
  dedupKey: Template | null;
  action: { label: Template; url: Template } | null;
}

/** What an alert of a rule says of an event. */
export interface RenderedAlert {
  title: string;
  message: string;
  truncated: boolean;
  action: RuleAction | null;
  /** What makes this the same alert as another; null where there is no key. */
  dedupKey: string | null;
}

/**
 * The templates of a rule, ready to be rendered.
 * @throws InvalidTemplateError
 */
export function parseRuleTemplates(rule: {
  title: string;
  message: string;
  dedupKeyTemplate: string | null;
  action: RuleAction | null;
}): RuleTemplates {
  const { title, message, dedupKeyTemplate, action } = rule;
  return {
    title: parseTemplate(title),
    message: parseTemplate(message),
    dedupKey: dedupKeyTemplate === null ? null : parseTemplate(dedupKeyTemplate),
    action: action && { label: parseTemplate(action.label), url: parseTemplate(action.url) },
  };
}

/** What an alert says. Never throws: what is too long is cut, a link that leads nowhere is left out. */
export function renderAlert(templates: RuleTemplates, facts: EventFacts): RenderedAlert {
  const title = cut(renderTemplate(templates.title, facts), maximumTitle);
  const message = cut(renderTemplate(templates.message, facts), maximumMessage);
  const key = templates.dedupKey ? renderTemplate(templates.dedupKey, facts) : facts.dedupKey;
  return {
    title: title.text,
    message: message.text,
    truncated: title.truncated || message.truncated,
    action: renderAction(templates.action, facts),
    // Without a key there is nothing that two events could have in common.
    dedupKey: key ? key : null,
  };
}

function renderAction(action: RuleTemplates["action"], facts: EventFacts): RuleAction | null {
  if (!action) return null;
  const url = renderTemplate(action.url, facts);
  // The template began with https://, but what it became decides.
  if (!URL.canParse(url) || new URL(url).protocol !== "https:") return null;
  return { label: cut(renderTemplate(action.label, facts), maximumLabel).text, url };
}

/** At most `maximum` code points; never half a surrogate pair. */
export function cut(text: string, maximum: number): { text: string; truncated: boolean } {
  if (text.length <= maximum) return { text, truncated: false };
  const points = Array.from(text);
  if (points.length <= maximum) return { text, truncated: false };
  return { text: points.slice(0, maximum).join(""), truncated: true };
}
