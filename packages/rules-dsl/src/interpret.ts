import type {
  AnyNode,
  BetweenNode,
  CallNode,
  Condition,
  ConditionNode,
  InNode,
  LogicalNode,
  OperandNode,
  TextNode,
} from "./ast.ts";
import { type EvaluationOptions, type EventFacts, readNow, readPath } from "./event-facts.ts";
import { callFunction } from "./functions.ts";
import { ExceededLimit, noteExceeded } from "./search-budget.ts";
import { searchText } from "./text-operators.ts";
import {
  calculate,
  compareBy,
  Duration,
  Instant,
  isEqual,
  type Kleene,
  negate,
  negateValue,
  type Value,
} from "./values.ts";

/** A three-valued truth. Only "true" fires a rule. */
export type Truth = "true" | "false" | "unknown";

/** What an evaluation is about. */
export interface Scope {
  event: EventFacts;
  now: Instant | undefined;
  /** What parts are known to come to; they are not evaluated again. */
  known?: ReadonlyMap<AnyNode, unknown>;
  /** Told of each part that exceeded a limit, and is unknown for it. */
  onExceeded?: (node: AnyNode, message: string) => void;
}

/**
 * Whether a condition holds for an event, by walking its tree: the plain reading of the language, against which the
 * matcher is tested. Never throws.
 */
export function evaluateCondition(
  condition: Condition,
  event: EventFacts,
  options?: EvaluationOptions,
): Truth {
  return toTruth(truthOf(condition.root, { event, now: readNow(event, options) }));
}

/** The name of a truth. */
export function toTruth(truth: Kleene): Truth {
  if (truth === undefined) return "unknown";
  return truth ? "true" : "false";
}

/** The truth of a part of a condition. */
export function truthOf(node: ConditionNode, scope: Scope): Kleene {
  if (scope.known?.has(node)) return scope.known.get(node) as Kleene;
  switch (node.kind) {
    case "and":
    case "or":
      return truthOfLogical(node, scope);
    case "not":
      return negate(truthOf(node.operand, scope));
    case "comparison":
      return compareBy(node.operator, valueOf(node.left, scope), valueOf(node.right, scope));
    case "nullCheck":
      return (valueOf(node.operand, scope) === undefined) !== node.negated;
    case "exists":
      return valueOf(node.operand, scope) !== undefined;
    case "in":
      return truthOfIn(node, scope);
    case "between":
      return truthOfBetween(node, scope);
    case "text":
      return truthOfText(node, scope);
    case "truth":
      return truthOfValue(valueOf(node.operand, scope));
  }
}

/** A value standing as a condition: anything but true and false is unknown. */
function truthOfValue(value: Value): Kleene {
  return typeof value === "boolean" ? value : undefined;
}

/** Kleene's and, or. */
function truthOfLogical(node: LogicalNode, scope: Scope): Kleene {
  const decisive = node.kind === "or";
  let result: Kleene = !decisive;
  for (const operand of node.operands) {
    const truth = truthOf(operand, scope);
    if (truth === decisive) return decisive;
    if (truth === undefined) result = undefined;
  }
  return result;
}

function truthOfIn(node: InNode, scope: Scope): Kleene {
  const value = valueOf(node.operand, scope);
  let result: Kleene = false;
  for (const item of node.items) {
    const equal = isEqual(value, valueOf(item, scope));
    if (equal === true) return !node.negated;
    if (equal === undefined) result = undefined;
  }
  return node.negated ? negate(result) : result;
}

function truthOfBetween(node: BetweenNode, scope: Scope): Kleene {
  const value = valueOf(node.operand, scope);
  const above = compareBy(">=", value, valueOf(node.low, scope));
  const below = compareBy("<=", value, valueOf(node.high, scope));
  const result = above === false || below === false ? false : above && below;
  return node.negated ? negate(result) : result;
}

function truthOfText(node: TextNode, scope: Scope): Kleene {
  const found = searchText(node, valueOf(node.left, scope), valueOf(node.right, scope));
  const result = found instanceof ExceededLimit ? tellExceeded(node, found, scope) : found;
  return node.negated ? negate(result) : result;
}

/** The value of an operand; undefined is unknown. */
export function valueOf(node: OperandNode, scope: Scope): Value {
  if (scope.known?.has(node)) return scope.known.get(node) as Value;
  switch (node.kind) {
    case "literal":
      return node.value;
    case "instant":
      return new Instant(node.milliseconds);
    case "duration":
      return new Duration(node.milliseconds);
    case "path":
      return readPath(scope.event, node.segments);
    case "negate":
      return negateValue(valueOf(node.operand, scope));
    case "arithmetic":
      return calculate(node.operator, valueOf(node.left, scope), valueOf(node.right, scope));
    case "call":
      return valueOfCall(node, scope);
  }
}

function valueOfCall(node: CallNode, scope: Scope): Value {
  const [argument] = node.arguments;
  const value = callFunction(node, argument && valueOf(argument, scope), scope.now);
  return value instanceof ExceededLimit ? tellExceeded(node, value, scope) : value;
}

/** What exceeds a limit is unknown, and counted. */
function tellExceeded(node: AnyNode, limit: ExceededLimit, scope: Scope): undefined {
  noteExceeded();
  scope.onExceeded?.(node, limit.message);
}
