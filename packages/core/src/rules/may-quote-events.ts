import type { RuleContent } from "@tocsin/contracts/api/rules";
import { DomainError } from "@tocsin/contracts/errors";
import { isPermitted } from "@tocsin/contracts/permissions";
import { parseTemplate, type Placeholder } from "@tocsin/rules-dsl";
import { type Context, permissionsOfActor } from "../context.ts";
import { templatesOf } from "./check-rule-text.ts";

/** What an event says of itself without telling its content: where a rule says no message, its alerts quote these. */
const openFields: ReadonlySet<string | undefined> = new Set(["type", "source"]);

/**
 * Refuses a rule whose alerts quote events to an author who may not read events: the author may be whom it alerts. A
 * deduplication key is in no alert.
 * @throws DomainError UNAUTHORIZED_ROLE with a pointer to each text that quotes; what {@link parseTemplate} throws
 */
export function mayQuoteEvents(ctx: Context, content: RuleContent): void {
  if (isPermitted(permissionsOfActor(ctx.actor), "events:read")) return;
  const { title, message, action } = content;
  const errors = Object.entries(templatesOf({ title, message, action, dedupKeyTemplate: null }))
    .filter(([, source]) => quotesEvents(source))
    .map(([pointer]) => ({ pointer, message: "Quotes events" }));
  if (errors.length === 0) return;
  throw new DomainError("UNAUTHORIZED_ROLE", {
    detail: "Alerts that quote events need the permission events:read as well",
    errors,
  });
}

function quotesEvents(source: string | null | undefined): boolean {
  return typeof source === "string" && parseTemplate(source).parts.some(isQuote);
}

function isQuote(part: string | Placeholder): boolean {
  return typeof part !== "string" && !(part.segments.length === 1 && openFields.has(part.segments[0]));
}
