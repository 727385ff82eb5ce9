import type { AnyNode, ConditionNode, OperandNode, Span } from "./ast.ts";
import type { ParserState } from "./parser-state.ts";

/** The word null, which only `==` and `!=` take. */
export interface NullNode {
  kind: "null";
  span: Span;
}

/** Anything that the grammar can yield before it is known what it is used as. */
export type Expression = AnyNode | NullNode;

const conditionKinds: ReadonlySet<string> = new Set<ConditionNode["kind"]>([
  "and",
  "or",
  "not",
  "comparison",
  "nullCheck",
  "exists",
  "in",
  "between",
  "text",
  "truth",
]);

/** True for what is true, false or unknown rather than a value. */
export function isConditionNode(node: Expression): node is ConditionNode {
  return conditionKinds.has(node.kind);
}

/** A node as a condition: a field or a truth value may stand alone. @throws InvalidConditionError for other values */
export function toCondition(state: ParserState, node: Expression): ConditionNode {
  if (isConditionNode(node)) return node;
  if (node.kind === "path" || (node.kind === "literal" && typeof node.value === "boolean")) {
    return state.add({ kind: "truth", operand: node, span: node.span });
  }
  const message = "A value alone is not a condition: compare it with something";
  return state.refuseNode(node, message, ["a comparison such as == or in"]);
}

/** A node as a value. @throws InvalidConditionError for conditions and null */
export function toOperand(state: ParserState, node: Expression): OperandNode {
  if (node.kind === "null") {
    return state.refuseNode(node, "null is only compared with == and !=", ["a value"], "field == null");
  }
  if (isConditionNode(node)) {
    return state.refuseNode(node, "This is a condition, but a value was expected", ["a field", "a value"]);
  }
  return node;
}
