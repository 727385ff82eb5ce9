/** A place in a source text. `offset` counts from 0, `line` and `column` from 1, in UTF-16 units. */
export interface Position {
  offset: number;
  line: number;
  column: number;
}

/** What is wrong with a text, where, and what would have been right. */
export interface Problem {
  message: string;
  position: Position;
  found: string;
  expected: readonly string[];
  suggestion?: string;
}

/** A condition that is not in the rule language. Its message says where, what was found and what was expected. */
export class InvalidConditionError extends Error {
  override readonly name = "InvalidConditionError";
  readonly code = "INVALID_CONDITION";
  readonly line: number;
  readonly column: number;
  readonly offset: number;
  readonly found: string;
  readonly expected: readonly string[];
  readonly suggestion?: string;

  constructor(problem: Problem) {
    super(describe(problem));
    this.line = problem.position.line;
    this.column = problem.position.column;
    this.offset = problem.position.offset;
    this.found = problem.found;
    this.expected = problem.expected;
    if (problem.suggestion !== undefined) this.suggestion = problem.suggestion;
  }
}

/** A template that cannot be rendered. */
export class InvalidTemplateError extends Error {
  override readonly name = "InvalidTemplateError";
  readonly code = "INVALID_TEMPLATE";
  readonly line: number;
  readonly column: number;
  readonly offset: number;
  readonly found: string;
  readonly expected: readonly string[];

  constructor(problem: Problem) {
    super(describe(problem));
    this.line = problem.position.line;
    this.column = problem.position.column;
    this.offset = problem.position.offset;
    this.found = problem.found;
    this.expected = problem.expected;
  }
}

function describe({ message, position, suggestion }: Problem): string {
  const hint = suggestion === undefined ? "" : ` Did you mean ${suggestion}?`;
  return `Line ${position.line}, column ${position.column}: ${message}.${hint}`;
}

/** A function that gives the places of offsets in a text, at the cost of a search among its lines each. */
export function positionsIn(source: string): (offset: number) => Position {
  const starts = [0];
  for (let index = source.indexOf("\n"); index !== -1; index = source.indexOf("\n", index + 1)) {
    starts.push(index + 1);
  }
  return (offset) => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { offset, line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

/** The place of an offset in a text. */
export function positionAt(source: string, offset: number): Position {
  return positionsIn(source)(offset);
}
