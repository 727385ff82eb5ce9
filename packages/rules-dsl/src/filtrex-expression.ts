import { compileExpression, type Operators } from "filtrex";
import {
  type AnyNode,
  type CallNode,
  childrenOf,
  type ConditionNode,
  type InNode,
  isConstant,
  isLogical,
  type LeafNode,
  type OperandNode,
} from "./ast.ts";
import { type EvaluationOptions, type EventFacts, readNow, readPath } from "./event-facts.ts";
import { callFunction } from "./functions.ts";
import { type Scope, truthOf, valueOf } from "./interpret.ts";
import { ExceededLimit, noteExceeded } from "./search-budget.ts";
import { searchText, type TextSearch } from "./text-operators.ts";
import { calculate, compareBy, isEqual, type Kleene, negate, negateValue, type Value } from "./values.ts";
import type { ComparisonOperator } from "./vocabulary.ts";

/** Where the value of a symbol comes from. */
export type SymbolSource =
  | { kind: "constant"; value: Value }
  | { kind: "path"; segments: readonly string[] }
  | { kind: "now" }
  /** A part that filtrex must not compute: its doubles would lose what decimal() keeps. */
  | { kind: "interpreted"; node: ConditionNode };

/** An expression for filtrex: nothing in it but our own names, so that no user text ever reaches filtrex. */
export interface FiltrexExpression {
  text: string;
  /** The source of `v0`, `v1`, … */
  symbols: readonly SymbolSource[];
}

/** A compiled expression, called with the values of `v0`, `v1`, … True is the only yes. */
export type FiltrexFunction = (values: readonly Value[]) => boolean;

/** Writes the expression that is true exactly where a condition is true (false, when negated). */
export function toFiltrex(node: ConditionNode, negated: boolean): FiltrexExpression {
  const symbols: SymbolSource[] = [];
  return { text: writeCondition(node, negated, symbols), symbols };
}

/**
 * Negation is pushed down to the leaves. There unknown can be taken for "not true", because what is left above them,
 * "and" and "or", never turns less into more.
 */
function writeCondition(node: ConditionNode, negated: boolean, symbols: SymbolSource[]): string {
  if (node.kind === "not") return writeCondition(node.operand, !negated, symbols);
  if (isLogical(node)) {
    const word = (node.kind === "and") === negated ? " or " : " and ";
    return `(${node.operands.map((operand) => writeCondition(operand, negated, symbols)).join(word)})`;
  }
  return `${negated ? "isFalse" : "isTrue"}(${writeLeaf(node, symbols)})`;
}

function writeLeaf(node: LeafNode, symbols: SymbolSource[]): string {
  if (usesDecimal(node)) return symbolFor({ kind: "interpreted", node }, symbols);
  const write = (operand: OperandNode) => writeOperand(operand, symbols);
  const given = (search: TextSearch) => symbolFor({ kind: "constant", value: search }, symbols);
  switch (node.kind) {
    case "comparison":
      return `(${write(node.left)} ${node.operator} ${write(node.right)})`;
    case "nullCheck":
      return `${node.negated ? "isPresent" : "isMissing"}(${write(node.operand)})`;
    case "exists":
      return `isPresent(${write(node.operand)})`;
    case "in":
      return writeNegated(node.negated, writeIn(node, symbols));
    case "between":
      return writeNegated(
        node.negated,
        `isBetween(${[node.operand, node.low, node.high].map(write).join(", ")})`,
      );
    case "text":
      return writeNegated(node.negated, `search(${write(node.left)}, ${write(node.right)}, ${given(node)})`);
    case "truth":
      return write(node.operand);
  }
}

function writeNegated(negated: boolean, text: string): string {
  return negated ? `opposite(${text})` : text;
}

function writeIn(node: InNode, symbols: SymbolSource[]): string {
  return `isOneOf(${[node.operand, ...node.items].map((item) => writeOperand(item, symbols)).join(", ")})`;
}

function writeOperand(node: OperandNode, symbols: SymbolSource[]): string {
  if (isConstant(node)) return symbolFor({ kind: "constant", value: valueOf(node, emptyScope) }, symbols);
  switch (node.kind) {
    case "path":
      return symbolFor({ kind: "path", segments: node.segments }, symbols);
    case "negate":
      return `minus(${writeOperand(node.operand, symbols)})`;
    case "arithmetic": {
      const left = writeOperand(node.left, symbols);
      const right = writeOperand(node.right, symbols);
      return node.operator === "%" ? `remainder(${left}, ${right})` : `(${left} ${node.operator} ${right})`;
    }
    case "call":
      if (node.name === "now") return symbolFor({ kind: "now" }, symbols);
      return writeCall(node, symbols);
  }
}

function writeCall(node: CallNode, symbols: SymbolSource[]): string {
  const given = node.arguments.map((argument) => writeOperand(argument, symbols));
  return `call(${[symbolFor({ kind: "constant", value: node }, symbols), ...given].join(", ")})`;
}

function symbolFor(source: SymbolSource, symbols: SymbolSource[]): string {
  symbols.push(source);
  return `v${symbols.length - 1}`;
}

function usesDecimal(node: AnyNode): boolean {
  return (node.kind === "call" && node.name === "decimal") || childrenOf(node).some(usesDecimal);
}

const emptyScope: Scope = {
  event: { id: "", type: "", source: "", receivedAt: "", payload: null },
  now: undefined,
};

/** The language's own operators in place of filtrex's, which throw, coerce or know two types only. */
const operators = {
  "+": (left: Value, right: Value) => calculate("+", left, right),
  "-": (left: Value, right: Value) => calculate("-", left, right),
  "*": (left: Value, right: Value) => calculate("*", left, right),
  "/": (left: Value, right: Value) => calculate("/", left, right),
  // Declared boolean; what a relation gives goes straight into isTrue or isFalse.
  "==": (left: Value, right: Value) => isEqual(left, right) as boolean,
  "!=": (left: Value, right: Value) => negate(isEqual(left, right)) as boolean,
  "<": (left: Value, right: Value) => compareBy("<", left, right) as boolean,
  "<=": (left: Value, right: Value) => compareBy("<=", left, right) as boolean,
  ">": (left: Value, right: Value) => compareBy(">", left, right) as boolean,
  ">=": (left: Value, right: Value) => compareBy(">=", left, right) as boolean,
} satisfies Operators & Record<ComparisonOperator, unknown>;

/** What exceeds a limit is unknown, and counted. */
function withinLimit<Result>(result: Result | ExceededLimit): Result | undefined {
  if (!(result instanceof ExceededLimit)) return result;
  noteExceeded();
  return undefined;
}

const extraFunctions = {
  isTrue: (value: Value) => value === true,
  isFalse: (value: Value) => value === false,
  opposite: (value: Kleene) => negate(value),
  isMissing: (value: Value) => value === undefined,
  isPresent: (value: Value) => value !== undefined,
  isOneOf: (value: Value, ...items: Value[]) => {
    const equalities = items.map((item) => isEqual(value, item));
    if (equalities.includes(true)) return true;
    return equalities.includes(undefined) ? undefined : false;
  },
  isBetween: (value: Value, low: Value, high: Value) => {
    const bounds = [compareBy(">=", value, low), compareBy("<=", value, high)];
    if (bounds.includes(false)) return false;
    return bounds.includes(undefined) ? undefined : true;
  },
  search: (left: Value, right: Value, node: TextSearch) => withinLimit(searchText(node, left, right)),
  minus: negateValue,
  remainder: (left: Value, right: Value) => calculate("%", left, right),
  call: (node: CallNode, argument: Value) => withinLimit(callFunction(node, argument, undefined)),
};

/** Own items of the value list only. */
function readSymbol(name: string, _get: unknown, values: readonly Value[]): Value {
  const index = Number(name.slice(1));
  return Object.hasOwn(values, index) ? values[index] : undefined;
}

/** Expressions compiled so far. Constants are symbols, so rules of one shape share one. Cleared when full. */
const compiled = new Map<string, FiltrexFunction>();
const maximumCompiled = 5000;

/** Compiles an expression with filtrex. */
export function compileFiltrex(expression: string): FiltrexFunction {
  const known = compiled.get(expression);
  if (known) return known;
  if (compiled.size >= maximumCompiled) compiled.clear();
  const run: (values: readonly Value[]) => unknown = compileExpression(expression, {
    customProp: readSymbol,
    extraFunctions,
    operators,
  });
  const isTrue: FiltrexFunction = (values) => run(values) === true;
  compiled.set(expression, isTrue);
  return isTrue;
}

/**
 * A whole condition through filtrex: true exactly where the interpreter says "true". The matcher uses filtrex for
 * residual parts only; this is for verification.
 */
export function compileWithFiltrex(
  root: ConditionNode,
): (event: EventFacts, options?: EvaluationOptions) => boolean {
  const { text: expression, symbols } = toFiltrex(root, false);
  const run = compileFiltrex(expression);
  return (event, options) => {
    const scope = { event, now: readNow(event, options) };
    return run(symbols.map((symbol) => readSource(symbol, scope)));
  };
}

function readSource(symbol: SymbolSource, scope: Scope): Value {
  switch (symbol.kind) {
    case "constant":
      return symbol.value;
    case "path":
      return readPath(scope.event, symbol.segments);
    case "now":
      return scope.now;
    case "interpreted":
      return truthOf(symbol.node, scope);
  }
}
