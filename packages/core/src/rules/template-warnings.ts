import type { RuleWarning } from "@tocsin/contracts/api/rule-trials";
import type { RuleContent } from "@tocsin/contracts/api/rules";
import {
  type EventFacts,
  missingIn,
  type Placeholder,
  positionAt,
  renderLink,
  renderTemplate,
  type Template,
} from "@tocsin/rules-dsl";
import { isBlank } from "../pipeline/clean-text.ts";
import type { RuleTemplates } from "../pipeline/render-alert.ts";

/** Something that a template says, and that is probably not meant. */
export type TemplateWarning = RuleWarning;

/** What every event has; all else may be missing. */
const alwaysThere: ReadonlySet<string> = new Set([
  "event.id",
  "event.type",
  "event.source",
  "event.action",
  "event.receivedAt",
]);

/**
 * What is probably not meant in a rule's templates: a title that shows nothing, a link that is left out, a dedup key that
 * lacks a part. Judged by these events; without any, by what an event may lack.
 */
export function templateWarnings(
  { dedupWindowSeconds }: Pick<RuleContent, "dedupWindowSeconds">,
  { title, dedupKey, action }: RuleTemplates,
  events: readonly EventFacts[],
): TemplateWarning[] {
  const emptied = findEmptied(title, events);
  const unlinked = action && events.some((event) => !renderLink(action.url, event));
  return [
    ...(emptied
      ? [
          warning(
            "EMPTY_TITLE",
            "/title",
            title,
            emptied,
            `Where ${nameOf(emptied)} is missing, the title is empty and the rule's name takes its place: give it a default`,
          ),
        ]
      : []),
    ...(unlinked
      ? [
          warning(
            "LINK_LEFT_OUT",
            "/action/url",
            action.url,
            undefined,
            "With these values it is no link that may be shown: the alert has none",
          ),
        ]
      : []),
    ...(dedupKey && dedupWindowSeconds > 0 ? keyWarnings(dedupKey, events) : []),
  ];
}

/** The placeholder that leaves a title empty; undefined where none does. */
function findEmptied(title: Template, events: readonly EventFacts[]): Placeholder | undefined {
  const placeholders = title.parts.filter((part) => typeof part !== "string");
  const [first] = placeholders;
  if (events.length > 0)
    return events.some((event) => isBlank(renderTemplate(title, event))) ? first : undefined;
  const isFilled = title.parts.some((part) =>
    typeof part === "string" ? !isBlank(part) : alwaysThere.has(part.name) || !isBlank(part.fallback ?? ""),
  );
  return isFilled ? undefined : first;
}

function keyWarnings(key: Template, events: readonly EventFacts[]): TemplateWarning[] {
  const missing =
    events.length > 0
      ? events.flatMap((event) => missingIn(key, event))
      : key.parts.filter((part) => typeof part !== "string").filter(mayBeMissing);
  const byName = new Map(missing.map((placeholder) => [placeholder.name, placeholder]));
  return Array.from(byName.values(), (placeholder) =>
    warning(
      "MISSING_KEY_PART",
      "/dedupKeyTemplate",
      key,
      placeholder,
      `Events without ${placeholder.name} have no key and are never folded: each one alerts. Give it a default where those are to be one alert`,
    ),
  );
}

function mayBeMissing({ name, fallback }: Placeholder): boolean {
  return fallback === null && !alwaysThere.has(name);
}

function nameOf({ name }: Placeholder): string {
  return name;
}

function warning(
  code: TemplateWarning["code"],
  pointer: string,
  { source }: Template,
  placeholder: Placeholder | undefined,
  message: string,
): TemplateWarning {
  const { line, column } = positionAt(source, placeholder?.offset ?? 0);
  return { code, pointer, message, line, column, source: placeholder?.name ?? source };
}
