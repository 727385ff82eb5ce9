/**
 * A text of at most `maximum` code points: whole, or its beginning. Never ends within a character that takes two UTF-16
 * units. Costs by what is kept, not by how long the text is.
 * @param mark what the end of a cut text says, e.g. `…`; counts among the `maximum`
 */
export function cutText(text: string, maximum: number, mark = ""): string {
  if (text.length <= maximum) return text;
  const end = offsetOf(text, maximum);
  if (end === text.length) return text;
  return text.slice(0, offsetOf(text, maximum - mark.length)) + mark;
}

/** Where the code points end, in UTF-16 units; at the end of the text where there are fewer. */
function offsetOf(text: string, points: number): number {
  let offset = 0;
  for (let count = 0; count < points && offset < text.length; count += 1) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return offset;
}
