import { type AnyNode, childrenOf, type Span } from "./ast.ts";
import { parseDate, parseInstant } from "./dates.ts";
import { InvalidConditionError, type Position, positionAt, type Problem } from "./errors.ts";
import { conditionLimits } from "./limits.ts";
import type { Expression } from "./node-roles.ts";
import type { PatternSizes } from "./pattern.ts";
import { quote, type Token, tokenize } from "./tokenize.ts";

/** Where the parser is in its tokens, and how much it has built. */
export class ParserState {
  readonly source: string;
  /** Reads what stands in parentheses: the whole grammar again. */
  readonly parseGroup: (state: ParserState) => Expression;
  /** True: the source was taken before, maybe by an older version, so its patterns and dates are not held to today's limits. */
  readonly isStored: boolean;
  /** How large the patterns are that were read so far. */
  readonly patterns: PatternSizes = { instructions: 0, estimated: 0 };
  readonly #tokens: readonly Token[];
  readonly #depths = new WeakMap<AnyNode, number>();
  #index = 0;
  #nodes = 0;
  #nesting = 0;

  /** @throws InvalidConditionError on a token that the language does not know */
  constructor(source: string, parseGroup: (state: ParserState) => Expression, isStored: boolean) {
    this.source = source;
    this.parseGroup = parseGroup;
    this.isStored = isStored;
    this.#tokens = tokenize(source, isStored ? parseDate : parseInstant);
  }

  /** The token at hand, or one further on; the last one stays. */
  peek(ahead = 0): Token {
    const last = this.#tokens.length - 1;
    return this.#tokens[Math.min(this.#index + ahead, last)] ?? { kind: "end", offset: 0, end: 0 };
  }

  /** Takes the token at hand. */
  next(): Token {
    const token = this.peek();
    this.#index += 1;
    return token;
  }

  /** True when the token at hand is this symbol or word. */
  isAt(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return (token.kind === "symbol" || token.kind === "word") && token.text === text;
  }

  /** Takes the token at hand if it is this symbol or word. */
  accept(text: string): boolean {
    if (!this.isAt(text)) return false;
    this.#index += 1;
    return true;
  }

  /** From the start of a token to the end of the one taken last. */
  spanFrom(offset: number): Span {
    const previous = this.#tokens[this.#index - 1];
    return { start: offset, end: previous?.end ?? offset };
  }

  /** Counts a new node. @throws InvalidConditionError over 512 nodes or 64 levels */
  add<Node extends AnyNode>(node: Node): Node {
    this.#nodes += 1;
    if (this.#nodes > conditionLimits.nodes) {
      this.refuseSize(node.span.start, `A condition has at most ${conditionLimits.nodes} parts`);
    }
    let depth = 1;
    for (const child of childrenOf(node)) depth = Math.max(depth, 1 + (this.#depths.get(child) ?? 0));
    if (depth > conditionLimits.depth) this.refuseDepth(node.span.start);
    this.#depths.set(node, depth);
    return node;
  }

  /** Runs a step one level deeper. @throws InvalidConditionError over 64 levels */
  nested<Result>(step: () => Result): Result {
    this.#nesting += 1;
    if (this.#nesting > conditionLimits.depth) this.refuseDepth(this.peek().offset);
    const result = step();
    this.#nesting -= 1;
    return result;
  }

  position(offset: number): Position {
    return positionAt(this.source, offset);
  }

  /** The source text of a token, for messages. */
  describe(token: Token): string {
    return token.kind === "end" ? "the end" : this.source.slice(token.offset, token.end);
  }

  /** Refuses the token at hand, naming what could have stood there. */
  refuseToken(expected: readonly string[], extra: { message?: string; suggestion?: string } = {}): never {
    const token = this.peek();
    const found = this.describe(token);
    const shown = token.kind === "end" ? "the condition ends here" : `${quote(found)} stands here`;
    this.refuse({
      message: extra.message ?? `${shown}, but ${listed(expected)} was expected`,
      position: this.position(token.offset),
      found,
      expected,
      ...(extra.suggestion === undefined ? {} : { suggestion: extra.suggestion }),
    });
  }

  /** Refuses a node that was read but does not belong here. */
  refuseNode(node: { span: Span }, message: string, expected: readonly string[], suggestion?: string): never {
    this.refuse({
      message,
      position: this.position(node.span.start),
      found: this.source.slice(node.span.start, node.span.end),
      expected,
      ...(suggestion === undefined ? {} : { suggestion }),
    });
  }

  refuse(problem: Problem): never {
    throw new InvalidConditionError(problem);
  }

  private refuseDepth(offset: number): never {
    this.refuseSize(offset, `A condition is nested at most ${conditionLimits.depth} levels deep`);
  }

  private refuseSize(offset: number, message: string): never {
    this.refuse({
      message,
      position: this.position(offset),
      found: "more",
      expected: ["a smaller condition"],
    });
  }
}

function listed(expected: readonly string[]): string {
  const last = expected.at(-1) ?? "";
  return expected.length < 2 ? last : `${expected.slice(0, -1).join(", ")} or ${last}`;
}
