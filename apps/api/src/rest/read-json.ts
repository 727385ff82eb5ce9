import { DomainError } from "@tocsin/contracts/errors";

/** How deep a body may nest. */
export const maximumDepth = 32;

/** Names that must never become properties. */
const forbiddenNames = new Set(["__proto__", "constructor", "prototype"]);

/**
 * Reads a JSON body strictly: what JSON.parse silently makes something of (a name given twice, `__proto__`) is refused.
 * @throws DomainError MALFORMED_JSON, or VALIDATION_FAILED with a pointer
 */
export function readJson(text: string): unknown {
  checkDepth(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const detail = error instanceof SyntaxError ? error.message : undefined;
    throw new DomainError("MALFORMED_JSON", detail === undefined ? {} : { detail });
  }
  checkNames(value, "");
  if (countNames(text) > countProperties(value)) {
    throw new DomainError("MALFORMED_JSON", { detail: "A name stands twice in the same object" });
  }
  return value;
}

/** Before parsing: a body of a hundred thousand brackets must not even be built. */
function checkDepth(text: string): void {
  let depth = 0;
  for (const token of structure(text)) {
    if (token === "{" || token === "[") depth += 1;
    else if (token === "}" || token === "]") depth -= 1;
    if (depth > maximumDepth) {
      throw new DomainError("VALIDATION_FAILED", {
        detail: `The body nests deeper than ${maximumDepth} levels`,
        errors: [{ pointer: "", message: `Must not nest deeper than ${maximumDepth} levels`, code: "too_deep" }],
      });
    }
  }
}

/** The brackets and colons of a JSON text, without those within strings. */
function* structure(text: string): Generator<string> {
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (isInString) {
      if (character === "\\") index += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === "{" || character === "[" || character === "}" || character === "]" || character === ":") {
      yield character;
    }
  }
}

function checkNames(value: unknown, pointer: string): void {
  if (typeof value !== "object" || value === null) return;
  for (const [name, item] of Object.entries(value)) {
    if (!Array.isArray(value) && forbiddenNames.has(name)) {
      throw new DomainError("VALIDATION_FAILED", {
        detail: `The name "${name}" is not allowed`,
        errors: [{ pointer: `${pointer}/${name}`, message: "This name is not allowed", code: "forbidden_name" }],
      });
    }
    checkNames(item, `${pointer}/${name}`);
  }
}

/** Each property has one colon. */
function countNames(text: string): number {
  let count = 0;
  for (const token of structure(text)) if (token === ":") count += 1;
  return count;
}

function countProperties(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce<number>((sum, item) => sum + countProperties(item), own);
}
