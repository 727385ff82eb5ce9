/** A piece of JSON that stands in a body as it is written here: what no value of JavaScript turns into. */
export class RawJson {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A value as JSON, with each {@link RawJson} in it as it is. */
export function toJsonText(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return `[${value.map(toJsonText).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
  const fields = Object.entries(value).map(([name, item]) => `${JSON.stringify(name)}:${toJsonText(item)}`);
  return `{${fields.join(",")}}`;
}
