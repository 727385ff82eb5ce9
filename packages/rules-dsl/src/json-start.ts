import { isRawNumber } from "./exact-number.ts";

/**
 * The JSON text of a value, or its beginning: whole where it has at most `limit` characters, else more than those. Costs
 * by what is written, not by how large the value is. Only what JSON.parse gives is written as JSON.stringify writes it.
 */
export function jsonStart(value: unknown, limit: number): string {
  let text = "";

  function write(item: unknown): void {
    if (text.length > limit) return;
    // A long text is cut before it is written, beyond the limit.
    if (typeof item === "string")
      text += JSON.stringify(item.length > limit ? item.slice(0, limit + 1) : item);
    else if (isRawNumber(item)) text += item.rawJSON;
    else if (typeof item !== "object" || item === null) text += JSON.stringify(item) ?? "null";
    else if (Array.isArray(item)) writeItems(item);
    else writeFields(item as Readonly<Record<string, unknown>>);
  }

  function writeItems(items: readonly unknown[]): void {
    text += "[";
    for (let index = 0; index < items.length && text.length <= limit; index += 1) {
      if (index > 0) text += ",";
      write(items[index]);
    }
    text += "]";
  }

  function writeFields(fields: Readonly<Record<string, unknown>>): void {
    text += "{";
    let isFirst = true;
    for (const name in fields) {
      if (!Object.hasOwn(fields, name) || fields[name] === undefined) continue;
      if (text.length > limit) break;
      if (!isFirst) text += ",";
      isFirst = false;
      write(name);
      text += ":";
      write(fields[name]);
    }
    text += "}";
  }

  write(value);
  return text;
}
