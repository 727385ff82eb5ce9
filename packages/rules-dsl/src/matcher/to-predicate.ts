import {
  type AnyNode,
  type BetweenNode,
  childrenOf,
  type ComparisonNode,
  type ConditionNode,
  type InNode,
  isConstant,
  type LeafNode,
  type OperandNode,
  type PathNode,
  type TextNode,
} from "../ast.ts";
import { Decimal } from "../decimal.ts";
import { isDateColumn, resolvePath } from "../event-facts.ts";
import { compileFiltrex, type SymbolSource, toFiltrex } from "../filtrex-expression.ts";
import { type Scope, truthOf, valueOf } from "../interpret.ts";
import { ExceededLimit, noteExceeded } from "../search-budget.ts";
import { searchText } from "../text-operators.ts";
import { compareBy, isEqual, type Value } from "../values.ts";
import type { ComparisonOperator } from "../vocabulary.ts";
import { nextDown, nextUp } from "./doubles.ts";
import {
  isScalar,
  type Predicate,
  type RangePredicate,
  type ResidualPredicate,
  type Scalar,
  type SlotValues,
} from "./predicate.ts";
import type { SlotTable } from "./slots.ts";

const emptyScope: Scope = {
  event: { id: "", type: "", source: "", receivedAt: "", payload: null },
  now: undefined,
};

/**
 * The predicate that is true where a leaf is true (false, when negated). A leaf that no event changes gives its
 * answer at once.
 */
export function toPredicate(leaf: LeafNode, negated: boolean, slots: SlotTable): Predicate | boolean {
  if (!readsEvent(leaf)) return truthOf(leaf, emptyScope) === !negated;
  return toFieldPredicate(leaf, negated, slots) ?? toResidual(leaf, negated, slots);
}

/** Whether a node's value depends on the event (or on the time). */
function readsEvent(node: AnyNode): boolean {
  return (
    node.kind === "path" || (node.kind === "call" && node.name === "now") || childrenOf(node).some(readsEvent)
  );
}

/** A leaf over one field and constants; undefined for all others. */
function toFieldPredicate(leaf: LeafNode, negated: boolean, slots: SlotTable): Predicate | undefined {
  switch (leaf.kind) {
    case "comparison":
      return fromComparison(leaf, negated, slots);
    case "exists":
    case "nullCheck":
      return fromPresence(leaf, negated, slots);
    case "in":
      return fromIn(leaf, negated, slots);
    case "between":
      return fromBetween(leaf, negated, slots);
    case "text":
      return fromText(leaf, negated, slots);
    case "truth":
      return leaf.operand.kind === "path" ? equality(leaf.operand, [!negated], slots) : undefined;
  }
}

/** Dates are made when they are read, so no index can look them up. */
function isIndexable(path: PathNode): boolean {
  return !isDateColumn(resolvePath(path.segments)[0] ?? "");
}

function equality(path: PathNode, values: readonly Scalar[], slots: SlotTable): Predicate {
  const slot = slots.slotOf(path.segments);
  if (isIndexable(path)) return { kind: "oneOf", slot, values: [...new Set(values)] };
  return { kind: "field", slot, test: (value) => values.some((item) => isEqual(value, item) === true) };
}

const mirrored: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  "==": "==",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

const opposite: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  "==": "!=",
  "!=": "==",
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
};

function fromComparison(leaf: ComparisonNode, negated: boolean, slots: SlotTable): Predicate | undefined {
  const isMirrored = leaf.right.kind === "path";
  const [path, other] = isMirrored ? [leaf.right, leaf.left] : [leaf.left, leaf.right];
  if (path.kind !== "path" || !isConstant(other)) return undefined;
  const written = isMirrored ? mirrored[leaf.operator] : leaf.operator;
  const operator = negated ? opposite[written] : written;
  const constant = valueOf(other, emptyScope);
  if (operator === "==" && isScalar(constant)) return equality(path, [constant], slots);
  const slot = slots.slotOf(path.segments);
  if (typeof constant === "number" && isIndexable(path)) {
    const range = toRange(operator, constant);
    if (range) return { kind: "range", slot, ...range };
  }
  if (operator === "!=" && isScalar(constant) && isIndexable(path)) {
    return { kind: "field", slot, test: (value) => isNameable(value) && value !== constant };
  }
  return { kind: "field", slot, test: (value) => compareBy(operator, value, constant) === true };
}

/** What can be named and is not null: a decimal, of which no double has the digits, equals no constant of the index. */
function isNameable(value: Value): boolean {
  return isScalar(value) || value instanceof Decimal;
}

const infinity = Number.POSITIVE_INFINITY;

/** The closed range of doubles that an ordering allows, and its bounds for numbers between them. */
function toRange(
  operator: ComparisonOperator,
  bound: number,
): Omit<RangePredicate, "kind" | "slot"> | undefined {
  switch (operator) {
    case ">":
      return { low: nextUp(bound), high: infinity, from: bound, to: infinity };
    case ">=":
      return { low: bound, high: infinity, from: bound, to: infinity };
    case "<":
      return { low: -infinity, high: nextDown(bound), from: -infinity, to: bound };
    case "<=":
      return { low: -infinity, high: bound, from: -infinity, to: bound };
    case "==":
    case "!=":
      return undefined;
  }
}

function fromPresence(
  leaf: Extract<LeafNode, { kind: "exists" | "nullCheck" }>,
  negated: boolean,
  slots: SlotTable,
): Predicate | undefined {
  if (leaf.operand.kind !== "path") return undefined;
  const slot = slots.slotOf(leaf.operand.segments);
  const wantsPresent = (leaf.kind === "exists" || leaf.negated) !== negated;
  return wantsPresent
    ? { kind: "field", slot, test: (value) => value !== undefined }
    : { kind: "field", slot, test: (value) => value === undefined };
}

function fromIn(leaf: InNode, negated: boolean, slots: SlotTable): Predicate | undefined {
  if (leaf.operand.kind !== "path") return undefined;
  const constants = constantsOf(leaf.items);
  if (!constants?.every(isScalar)) return undefined;
  if (leaf.negated === negated) return equality(leaf.operand, constants, slots);
  const slot = slots.slotOf(leaf.operand.segments);
  if (!isIndexable(leaf.operand)) {
    return {
      kind: "field",
      slot,
      test: (value) => constants.every((item) => isEqual(value, item) === false),
    };
  }
  const excluded = new Set<Scalar>(constants);
  return { kind: "field", slot, test: (value) => isNameable(value) && !excluded.has(value as Scalar) };
}

function constantsOf(nodes: readonly OperandNode[]): Value[] | undefined {
  return nodes.every(isConstant) ? nodes.map((node) => valueOf(node, emptyScope)) : undefined;
}

function fromBetween(leaf: BetweenNode, negated: boolean, slots: SlotTable): Predicate | undefined {
  const bounds = constantsOf([leaf.low, leaf.high]);
  if (leaf.operand.kind !== "path" || !bounds) return undefined;
  const [low, high] = bounds;
  const slot = slots.slotOf(leaf.operand.segments);
  if (leaf.negated !== negated) {
    const test = (value: Value) =>
      compareBy("<", value, low) === true || compareBy(">", value, high) === true;
    return { kind: "field", slot, test };
  }
  if (typeof low === "number" && typeof high === "number" && isIndexable(leaf.operand)) {
    return { kind: "range", slot, low, high, from: low, to: high };
  }
  const test = (value: Value) =>
    compareBy(">=", value, low) === true && compareBy("<=", value, high) === true;
  return { kind: "field", slot, test };
}

function fromText(leaf: TextNode, negated: boolean, slots: SlotTable): Predicate | undefined {
  if (leaf.left.kind !== "path" || !isConstant(leaf.right)) return undefined;
  const slot = slots.slotOf(leaf.left.segments);
  const constant = valueOf(leaf.right, emptyScope);
  const wanted = leaf.negated === negated;
  if (leaf.operator === "startsWith" && wanted && typeof constant === "string" && constant !== "") {
    return { kind: "prefix", slot, prefix: constant };
  }
  const test = (value: Value) => {
    const found = searchText(leaf, value, constant);
    if (!(found instanceof ExceededLimit)) return found === wanted;
    noteExceeded();
    return false;
  };
  return { kind: "field", slot, test };
}

/** Larger parts are walked as they are: to compile them would take more time and memory than it gives back. */
const maximumCompiledNodes = 64;

function countNodes(node: AnyNode): number {
  return childrenOf(node).reduce((sum, child) => sum + countNodes(child), 1);
}

/** Conditions that must all be true (false, when negated), evaluated as they were written, in no index. */
export function toDirect(nodes: readonly ConditionNode[], negated: boolean): ResidualPredicate {
  const wanted = !negated;
  return {
    kind: "residual",
    test: (_values, scope) => nodes.every((node) => truthOf(node, scope) === wanted),
  };
}

/** What filtrex decides, unless it is large. */
export function toResidual(node: ConditionNode, negated: boolean, slots: SlotTable): ResidualPredicate {
  if (countNodes(node) > maximumCompiledNodes) return toDirect([node], negated);
  const { text, symbols } = toFiltrex(node, negated);
  const run = compileFiltrex(text);
  const readers = symbols.map((symbol) => readerOf(symbol, slots));
  return { kind: "residual", test: (values, scope) => run(readers.map((read) => read(values, scope))) };
}

function readerOf(symbol: SymbolSource, slots: SlotTable): (values: SlotValues, scope: Scope) => Value {
  switch (symbol.kind) {
    case "constant":
      return () => symbol.value;
    case "path": {
      const slot = slots.slotOf(symbol.segments);
      return (values) => values[slot];
    }
    case "now":
      return (_values, scope) => scope.now;
    case "interpreted":
      return (_values, scope) => truthOf(symbol.node, scope);
  }
}
