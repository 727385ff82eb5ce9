import { Decimal } from "./decimal.ts";
import { type EventFacts, readPath } from "./event-facts.ts";
import { cutText } from "./cut-text.ts";
import { jsonStart } from "./json-start.ts";
import { InvalidTemplateError, positionAt, type Problem } from "./errors.ts";
import { exceedsBytes, templateLimits } from "./limits.ts";
import { Instant } from "./values.ts";

/** A place in a template that is filled from an event. */
export interface Placeholder {
  /** As it was written, without braces and default: `event.account`. */
  name: string;
  /** Where it begins in the source: the offset of its braces. */
  offset: number;
  segments: readonly string[];
  /** What stands for a missing value; null where the template does not say. */
  fallback: string | null;
}

/** A parsed template: immutable, plain data. */
export interface Template {
  source: string;
  parts: readonly (string | Placeholder)[];
}

const placeholder =
  /^\s*event((?:\s*\.\s*[\p{ID_Start}_$][\p{ID_Continue}$]*|\[\s*(?:\d{1,15}|"[^"\\]*"|'[^'\\]*')\s*\])+)\s*(?:\|\s*default\s*:\s*("(?:[^"\\]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"|'[^'\\]*')\s*)?$/u;
const step = /\.\s*([\p{ID_Start}_$][\p{ID_Continue}$]*)|\[\s*(?:(\d+)|"([^"\\]*)"|'([^'\\]*)')\s*\]/gu;
const expectedPlaceholder = ["{{ event.path }}", '{{ event.path | default: "…" }}'];

/**
 * Reads a template: text with `{{ event.path }}` or `{{ event.path | default: "…" }}` in it.
 * @throws InvalidTemplateError with the place of the first placeholder that is not one of these; texts over 4 kB
 */
export function parseTemplate(source: string): Template {
  if (exceedsBytes(source, templateLimits.bytes)) {
    const message = `A template has at most ${templateLimits.bytes} bytes`;
    refuse(source, 0, { message, found: `${source.length} characters`, expected: ["a shorter template"] });
  }
  const parts: (string | Placeholder)[] = [];
  let offset = 0;
  for (let open = source.indexOf("{{"); open !== -1; open = source.indexOf("{{", offset)) {
    const close = findClose(source, open + 2);
    if (close === -1) {
      refuse(source, open, { message: "This placeholder has no end", found: "{{", expected: ["}}"] });
    }
    if (open > offset) parts.push(source.slice(offset, open));
    parts.push(readPlaceholder(source, open, close));
    offset = close + 2;
  }
  if (offset < source.length) parts.push(source.slice(offset));
  return { source, parts };
}

/** The offset of the `}}` that ends a placeholder: the first one outside quotes, or -1. */
function findClose(source: string, from: number): number {
  let delimiter = "";
  for (let index = from; index < source.length; index += 1) {
    const character = source[index] ?? "";
    if (delimiter !== "") {
      if (character === "\\") index += 1;
      else if (character === delimiter) delimiter = "";
    } else if (character === '"' || character === "'") {
      delimiter = character;
    } else if (character === "}" && source[index + 1] === "}") {
      return index;
    }
  }
  return -1;
}

function readPlaceholder(source: string, open: number, close: number): Placeholder {
  const parts = placeholder.exec(source.slice(open + 2, close));
  if (!parts) {
    const found = source.slice(open, close + 2);
    const shown = found.length > 60 ? `${found.slice(0, 60)}…` : found;
    return refuse(source, open, {
      message: `${shown} is not a placeholder`,
      found: shown,
      expected: expectedPlaceholder,
    });
  }
  const segments = Array.from(
    (parts[1] ?? "").matchAll(step),
    ([, name, index, double, single]) => name ?? index ?? double ?? single ?? "",
  );
  const name = `event${(parts[1] ?? "").replaceAll(/\s/g, "")}`;
  return { name, offset: open, segments, fallback: readFallback(parts[2]) };
}

function readFallback(quoted: string | undefined): string | null {
  if (quoted === undefined) return null;
  return quoted.startsWith('"') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
}

function refuse(source: string, offset: number, problem: Omit<Problem, "position">): never {
  throw new InvalidTemplateError({ ...problem, position: positionAt(source, offset) });
}

/**
 * The text of a template for an event. Missing and null values give the default, or nothing; lists and objects
 * give compact JSON; one value gives at most 1,000 characters. Never throws.
 */
export function renderTemplate(template: Template, event: EventFacts): string {
  let text = "";
  for (const part of template.parts) {
    if (typeof part === "string") text += part;
    else text += cutText(textOf(part, event) ?? part.fallback ?? "", templateLimits.valueCharacters, "…");
  }
  return text;
}

/**
 * The text of the value that a placeholder stands for; undefined where it is missing or null.
 * @param limit of a list or an object so many UTF-16 units are written at least, where it has them
 */
export function textOf(
  { segments }: Placeholder,
  event: EventFacts,
  limit: number = 2 * templateLimits.valueCharacters,
): string | undefined {
  const value = readPath(event, segments);
  if (value === undefined) return undefined;
  if (typeof value !== "object") return String(value);
  return value instanceof Instant || value instanceof Decimal ? value.toJSON() : jsonStart(value, limit);
}

/** The placeholders of a template that an event gives nothing for, and that have no default. */
export function missingIn({ parts }: Template, event: EventFacts): Placeholder[] {
  return parts.filter(
    (part) => typeof part !== "string" && part.fallback === null && !textOf(part, event),
  ) as Placeholder[];
}
