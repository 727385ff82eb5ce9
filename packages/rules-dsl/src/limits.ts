/** What a condition may be, checked before anything else is done with it. */
export const conditionLimits = {
  /** UTF-8 bytes of the source. */
  bytes: 4096,
  /** Levels of the tree; parentheses count while they are read. */
  depth: 64,
  /** Nodes of the tree. */
  nodes: 512,
  /** Instructions of a compiled `matches` pattern. */
  patternInstructions: 1000,
} as const;

/** What a template may be. */
export const templateLimits = {
  /** UTF-8 bytes of the source. */
  bytes: 4096,
  /** Characters of one rendered value; longer ones are cut. */
  valueCharacters: 1000,
} as const;

const encoder = new TextEncoder();

/** UTF-8 bytes of a text; texts that are already longer in characters are not encoded. */
export function exceedsBytes(text: string, limit: number): boolean {
  return text.length > limit || encoder.encode(text).length > limit;
}
