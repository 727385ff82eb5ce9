/** What a condition may be, checked before it is taken. */
export const conditionLimits = {
  /** UTF-8 bytes of the source. */
  bytes: 4096,
  /** Levels of the tree; parentheses count while they are read. */
  depth: 64,
  /** Nodes of the tree. */
  nodes: 512,
  /** Instructions of all `matches` patterns together, once compiled: a counted repetition is so many copies. */
  patternInstructions: 500,
  /** Characters (UTF-16 units) of the longest text that `matches` searches. */
  searchedCharacters: 20_000,
  /** Steps that the parts of a condition that search may take together for one event; see search-budget.ts. */
  steps: 1_500_000,
  /** Digits of a decimal number, before and after the point. */
  decimalDigits: 3000,
  /** Size in the matcher: nodes of the tree and places in its index; see condition-size.ts. */
  matcherSize: 1000,
} as const;

/** What a template may be. */
export const templateLimits = {
  /** UTF-8 bytes of the source. */
  bytes: 4096,
  /** Code points of one rendered value; longer ones are cut. */
  valueCharacters: 1000,
} as const;

/** What a link may be. */
export const linkLimits = {
  /** Characters (UTF-16 units) of a rendered link; a longer one is none. */
  characters: 2000,
} as const;

const encoder = new TextEncoder();

/** UTF-8 bytes of a text; texts that are already longer in characters are not encoded. */
export function exceedsBytes(text: string, limit: number): boolean {
  return text.length > limit || encoder.encode(text).length > limit;
}
