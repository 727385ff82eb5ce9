import type { AnyNode, OperandNode } from "./ast.ts";
import type { ConditionWarning } from "./check.ts";
import type { FieldTypes, OperandType } from "./field-types.ts";
import { formatOperand } from "./format.ts";
import { functions, textOperators } from "./vocabulary.ts";

const nouns: Readonly<Record<OperandType, string>> = {
  string: "a text",
  number: "a number",
  boolean: "true or false",
  date: "a date",
  list: "a list",
  object: "an object",
  decimal: "a decimal",
  duration: "a duration",
};

/** Comparisons of two types that can never be equal or ordered, and operators on types that they do not take. */
export function checkTypes(node: AnyNode, types: FieldTypes): ConditionWarning[] {
  switch (node.kind) {
    case "comparison":
      return compareTypes([node.left], [node.right], types);
    case "in":
      return compareTypes([node.operand], node.items, types);
    case "between":
      return compareTypes([node.operand], [node.low, node.high], types);
    case "text":
      return [
        ...requireType(node.left, textOperators[node.operator].takes, types),
        ...(types.typeOf(node.left) === "list" ? [] : requireType(node.right, ["string"], types)),
      ];
    case "truth":
      return requireType(node.operand, ["boolean"], types);
    case "arithmetic":
      return [node.left, node.right].flatMap((operand) =>
        requireType(operand, ["number", "decimal", "duration", "date"], types),
      );
    case "call":
      return node.arguments.flatMap((argument) => requireType(argument, functions[node.name].takes, types));
    default:
      return [];
  }
}

function compareTypes(
  lefts: readonly OperandNode[],
  rights: readonly OperandNode[],
  types: FieldTypes,
): ConditionWarning[] {
  return lefts.flatMap((left) =>
    rights.flatMap((right) => {
      const a = types.typeOf(left);
      const b = types.typeOf(right);
      if (a === undefined || b === undefined || areComparable(a, b)) return [];
      const message = `${formatOperand(left)} is ${nouns[a]} and ${formatOperand(right)} is ${nouns[b]}`;
      return [conflict(right, `${message}: they are never equal and have no order`)];
    }),
  );
}

/** A text beside a date is read as one; a number beside a decimal becomes one. Lists and objects have no order. */
function areComparable(left: OperandType, right: OperandType): boolean {
  if (left === right) return left !== "list" && left !== "object";
  const pair = [left, right].toSorted().join(" ");
  return pair === "date string" || pair === "decimal number";
}

function requireType(
  node: OperandNode,
  allowed: readonly OperandType[],
  types: FieldTypes,
): ConditionWarning[] {
  const type = types.typeOf(node);
  if (type === undefined || allowed.includes(type)) return [];
  const expected = allowed.map((name) => nouns[name]).join(" or ");
  return [
    conflict(node, `${formatOperand(node)} is ${nouns[type]}, but this takes ${expected}: it stays unknown`),
  ];
}

function conflict(node: OperandNode, message: string): ConditionWarning {
  return { code: "TYPE_CONFLICT", message, span: node.span };
}
