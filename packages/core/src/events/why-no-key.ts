import type { Rule } from "@tocsin/contracts/api/rules";
import { type EventFacts, InvalidTemplateError, missingIn, parseTemplate } from "@tocsin/rules-dsl";

/**
 * Why an event was folded into no other, although its rule folds alerts: it has no dedup key, or a part of it is missing.
 * Undefined where it has one, where the rule folds nothing, and where its template is none any more.
 */
export function whyNoKey(
  snapshot: Pick<Rule, "dedupKeyTemplate" | "dedupWindowSeconds"> | undefined,
  event: EventFacts,
): string | undefined {
  if (!snapshot || !(snapshot.dedupWindowSeconds > 0)) return undefined;
  if (snapshot.dedupKeyTemplate === null)
    return event.dedupKey
      ? undefined
      : "It was sent without a dedupKey, so it is folded into no other alert.";
  const missing = partsMissing(snapshot.dedupKeyTemplate, event);
  if (missing.length === 0) return undefined;
  const verb = missing.length > 1 ? "are" : "is";
  return `It has no dedup key, because ${missing.join(" and ")} ${verb} missing, so it is folded into no other alert.`;
}

function partsMissing(template: string, event: EventFacts): string[] {
  try {
    return [...new Set(missingIn(parseTemplate(template), event).map(({ name }) => name))];
  } catch (error) {
    if (error instanceof InvalidTemplateError) return [];
    throw error;
  }
}
