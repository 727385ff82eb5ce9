import type { RuleAction } from "@tocsin/contracts/api/rules";
import {
  cutText,
  type EventFacts,
  type Key,
  parseTemplate,
  renderKey,
  renderLink,
  renderTemplate,
  type Template,
} from "@tocsin/rules-dsl";
import { cleanLine, isBlank } from "./clean-text.ts";
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
  /** What makes this the same alert as another; null where there is no key, or a part of it is missing. */
  dedup: Key | null;
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

/**
 * What an alert says. Never throws: what is too long is cut, a title of nothing is the rule's name, a link that is none
 * is left out.
 * @param name the rule's
 */
export function renderAlert(templates: RuleTemplates, facts: EventFacts, name: string): RenderedAlert {
  const title = renderTemplate(templates.title, facts);
  return {
    ...fitTexts({
      title: isBlank(title) ? name : title,
      message: renderTemplate(templates.message, facts),
      truncated: false,
    }),
    action: renderAction(templates.action, facts),
    dedup: templates.dedupKey ? renderKey(templates.dedupKey, facts) : ownKey(facts),
  };
}

/** The key that an event brought itself: another source's events may have the same, and are others. */
function ownKey({ source, dedupKey }: EventFacts): Key | null {
  return dedupKey ? { text: dedupKey, identity: [source, dedupKey] } : null;
}

/** A link without a label is called by its host. */
function renderAction(action: RuleTemplates["action"], facts: EventFacts): RuleAction | null {
  const url = action && renderLink(action.url, facts);
  if (!url) return null;
  const label = cutText(cleanLine(renderTemplate(action.label, facts)), maximumLabel);
  return { label: isBlank(label) ? new URL(url).host : label, url };
}
