import type { Decimal } from "./decimal.ts";
import type {
  ArithmeticOperator,
  ComparisonOperator,
  FunctionName,
  LogicalOperator,
  TextOperator,
} from "./vocabulary.ts";

/** Where a node stands in its source: the places (UTF-16 units, from 0) of its first and after its last character. */
export interface Span {
  start: number;
  end: number;
}

interface Located {
  span: Span;
}

/** What may read a text or a list from end to end. */
interface Searching {
  /** How many steps it may take for one event: its share of the condition's, see search-budget.ts. */
  steps: number;
}

export interface LiteralNode extends Located {
  kind: "literal";
  /** A decimal: a number whose digits a double does not hold. */
  value: string | number | boolean | Decimal;
}

/** An ISO date: milliseconds since 1970 in UTC. */
export interface InstantNode extends Located {
  kind: "instant";
  milliseconds: number;
}

export interface DurationNode extends Located {
  kind: "duration";
  milliseconds: number;
}

/** `event.payload.a[0]` has the segments `["payload", "a", "0"]`. */
export interface PathNode extends Located {
  kind: "path";
  segments: readonly string[];
}

/** Unary minus. */
export interface NegateNode extends Located {
  kind: "negate";
  operand: OperandNode;
}

export interface ArithmeticNode extends Located {
  kind: "arithmetic";
  operator: ArithmeticOperator;
  left: OperandNode;
  right: OperandNode;
}

export interface CallNode extends Located, Searching {
  kind: "call";
  name: FunctionName;
  arguments: readonly OperandNode[];
}

/** What has a value. */
export type OperandNode =
  | LiteralNode
  | InstantNode
  | DurationNode
  | PathNode
  | NegateNode
  | ArithmeticNode
  | CallNode;

/** `&&` or `||` over two or more parts. `parenthesized` tells how it was written and means nothing else. */
export interface LogicalNode extends Located {
  kind: LogicalOperator;
  operands: readonly ConditionNode[];
  parenthesized: boolean;
}

export interface NotNode extends Located {
  kind: "not";
  operand: ConditionNode;
}

export interface ComparisonNode extends Located {
  kind: "comparison";
  operator: ComparisonOperator;
  left: OperandNode;
  right: OperandNode;
}

/** `x == null`, or `x != null` when negated. */
export interface NullCheckNode extends Located {
  kind: "nullCheck";
  operand: OperandNode;
  negated: boolean;
}

export interface ExistsNode extends Located {
  kind: "exists";
  operand: PathNode;
}

export interface InNode extends Located {
  kind: "in";
  operand: OperandNode;
  items: readonly OperandNode[];
  negated: boolean;
}

export interface BetweenNode extends Located {
  kind: "between";
  operand: OperandNode;
  low: OperandNode;
  high: OperandNode;
  negated: boolean;
}

export interface TextNode extends Located, Searching {
  kind: "text";
  operator: TextOperator;
  left: OperandNode;
  right: OperandNode;
  negated: boolean;
}

/** A field or `true` / `false` standing as a condition of its own. */
export interface TruthNode extends Located {
  kind: "truth";
  operand: PathNode | LiteralNode;
}

/** A condition without conditions in it. */
export type LeafNode =
  | ComparisonNode
  | NullCheckNode
  | ExistsNode
  | InNode
  | BetweenNode
  | TextNode
  | TruthNode;

/** What is true, false or unknown. */
export type ConditionNode = LogicalNode | NotNode | LeafNode;

export type AnyNode = OperandNode | ConditionNode;

/** A parsed condition: immutable, plain data. */
export interface Condition {
  source: string;
  root: ConditionNode;
}

/** True for `&&` and `||`. */
export function isLogical(node: { kind: string }): node is LogicalNode {
  return node.kind === "and" || node.kind === "or";
}

/** True for an operand whose value no event changes. */
export function isConstant(node: OperandNode): node is LiteralNode | InstantNode | DurationNode {
  return node.kind === "literal" || node.kind === "instant" || node.kind === "duration";
}

/** The nodes directly below a node, in source order. */
export function childrenOf(node: AnyNode): readonly AnyNode[] {
  switch (node.kind) {
    case "literal":
    case "instant":
    case "duration":
    case "path":
      return [];
    case "negate":
    case "not":
    case "nullCheck":
    case "exists":
    case "truth":
      return [node.operand];
    case "arithmetic":
    case "comparison":
    case "text":
      return [node.left, node.right];
    case "call":
      return node.arguments;
    case "and":
    case "or":
      return node.operands;
    case "in":
      return [node.operand, ...node.items];
    case "between":
      return [node.operand, node.low, node.high];
  }
}
