/** `?, ?, ?`: one placeholder for each value of a list. */
export function placeholders(values: readonly unknown[]): string {
  return values.map(() => "?").join(", ");
}

/** A text as `LIKE` finds it literally: its wildcards mean themselves. */
export function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, String.raw`\$&`);
}
