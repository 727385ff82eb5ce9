import type { EventFacts } from "./event-facts.ts";
import { missingIn, type Template, textOf } from "./template.ts";

/** What tells two events apart, or makes them one. */
export interface Key {
  /** As a person reads it. */
  text: string;
  /** The same for two events exactly where every part is the same: one text, or several. */
  identity: readonly string[];
}

/**
 * The key that a template makes of an event; null where a part of it is missing, null or empty and has no default: what
 * lacks a part has nothing in common with others that lack it. Parts are never cut.
 */
export function renderKey(template: Template, event: EventFacts): Key | null {
  if (missingIn(template, event).length > 0) return null;
  const values: string[] = [];
  const literals = [""];
  for (const part of template.parts) {
    if (typeof part === "string") literals[literals.length - 1] += part;
    else {
      values.push(textOf(part, event, Number.POSITIVE_INFINITY) ?? part.fallback ?? "");
      literals.push("");
    }
  }
  const text = literals.map((literal, index) => literal + (values[index] ?? "")).join("");
  if (text === "") return null;
  return { text, identity: isUnambiguous(text, literals) ? [text] : ["", "parts", JSON.stringify(values)] };
}

/**
 * Whether only these values make this text. `{{a}}-{{b}}` gives "x-y" for no others, but "x-y-z" for two pairs: then the
 * values tell them apart. A text with a zero character could be taken for several.
 */
function isUnambiguous(text: string, literals: readonly string[]): boolean {
  if (text.includes("\0")) return false;
  const inner = literals.slice(1, -1);
  let first = literals[0]?.length ?? 0;
  const firsts = inner.map((literal) => {
    const at = text.indexOf(literal, first);
    first = at + literal.length;
    return at;
  });
  let last = text.length - (literals.length > 1 ? (literals.at(-1)?.length ?? 0) : 0);
  const lasts = inner.toReversed().map((literal) => {
    last = text.lastIndexOf(literal, last - literal.length);
    return last;
  });
  return lasts.toReversed().every((at, index) => at === firsts[index]);
}
