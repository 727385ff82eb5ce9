import type { RuleAction } from "@tocsin/contracts/api/rules";
import { cutText, type EventFacts, parseTemplate, renderTemplate, type Template } from "@tocsin/rules-dsl";
import { fitTexts } from "./fit-texts.ts";

/** A longer label is cut, never refused. Code points. */
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

/** The texts of a rule that are templates. */
export interface TemplateTexts {
  title: string;
  message: string;
  dedupKeyTemplate: string | null;
  action: RuleAction | null;
}

/**
 * The templates of a rule, ready to be rendered.
 * @param known those of the same rule before: what did not change is not parsed again
 * @throws InvalidTemplateError
 */
export function parseRuleTemplates(texts: TemplateTexts, known?: RuleTemplates): RuleTemplates {
  const { title, message, dedupKeyTemplate, action } = texts;
  return {
    title: parse(title, known?.title),
    message: parse(message, known?.message),
    dedupKey: dedupKeyTemplate === null ? null : parse(dedupKeyTemplate, known?.dedupKey),
    action: action && {
      label: parse(action.label, known?.action?.label),
      url: parse(action.url, known?.action?.url),
    },
  };
}

function parse(text: string, known: Template | null | undefined): Template {
  return known?.source === text ? known : parseTemplate(text);
}

/** What an alert says. Never throws: what is too long is cut, a link that leads nowhere is left out. */
export function renderAlert(templates: RuleTemplates, facts: EventFacts): RenderedAlert {
  const key = templates.dedupKey ? renderTemplate(templates.dedupKey, facts) : facts.dedupKey;
  return {
    ...fitTexts({
      title: renderTemplate(templates.title, facts),
      message: renderTemplate(templates.message, facts),
      truncated: false,
    }),
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
  return { label: cutText(renderTemplate(action.label, facts), maximumLabel), url };
}
