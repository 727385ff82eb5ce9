import type {
  ArithmeticNode,
  Condition,
  ConditionNode,
  InNode,
  LogicalNode,
  NotNode,
  OperandNode,
  PathNode,
} from "./ast.ts";
import { formatDuration, formatInstant } from "./dates.ts";

const plainName = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u;
const listIndex = /^(?:0|[1-9]\d{0,14})$/;

/** A condition in its one canonical spelling. Parsing the result gives the same condition again. */
export function formatCondition(condition: Condition): string {
  return formatNode(condition.root);
}

function formatNode(node: ConditionNode): string {
  switch (node.kind) {
    case "and":
    case "or":
      return formatLogical(node);
    case "not":
      return formatNot(node);
    case "comparison":
      return `${formatOperand(node.left)} ${node.operator} ${formatOperand(node.right)}`;
    case "nullCheck":
      return `${formatOperand(node.operand)} ${node.negated ? "!=" : "=="} null`;
    case "exists":
      return `exists(${formatOperand(node.operand)})`;
    case "in":
      return formatIn(node);
    case "between": {
      const bounds = `${formatOperand(node.low)} and ${formatOperand(node.high)}`;
      return `${formatOperand(node.operand)} ${node.negated ? "not between" : "between"} ${bounds}`;
    }
    case "text": {
      const operator = node.negated ? `not ${node.operator}` : node.operator;
      return `${formatOperand(node.left)} ${operator} ${formatOperand(node.right)}`;
    }
    case "truth":
      return formatOperand(node.operand);
  }
}

/** Every group in a group gets parentheses: nobody should need to know which binds tighter. */
function formatLogical(node: LogicalNode): string {
  const parts = node.operands.map((operand) =>
    operand.kind === "and" || operand.kind === "or" ? `(${formatNode(operand)})` : formatNode(operand),
  );
  return parts.join(node.kind === "and" ? " && " : " || ");
}

function formatNot({ operand }: NotNode): string {
  const isTight = operand.kind === "truth" || operand.kind === "exists" || operand.kind === "not";
  return isTight ? `!${formatNode(operand)}` : `!(${formatNode(operand)})`;
}

function formatIn(node: InNode): string {
  const items = node.items.map(formatOperand).join(", ");
  return `${formatOperand(node.operand)} ${node.negated ? "not in" : "in"} [${items}]`;
}

/** The canonical spelling of an operand. */
export function formatOperand(node: OperandNode): string {
  switch (node.kind) {
    case "literal":
      return typeof node.value === "string" ? formatText(node.value) : String(node.value);
    case "instant":
      return formatInstant(node.milliseconds);
    case "duration":
      return formatDuration(node.milliseconds);
    case "path":
      return formatPath(node);
    case "negate":
      return node.operand.kind === "negate" || node.operand.kind === "arithmetic"
        ? `-(${formatOperand(node.operand)})`
        : `-${formatOperand(node.operand)}`;
    case "arithmetic":
      return formatArithmetic(node);
    case "call":
      return `${node.name}(${node.arguments.map(formatOperand).join(", ")})`;
  }
}

/** JSON's spelling; it leaves DEL and the C1 controls bare, and so may we. */
function formatText(text: string): string {
  return JSON.stringify(text);
}

function formatPath({ segments }: PathNode): string {
  const steps = segments.map((segment) => {
    if (plainName.test(segment)) return `.${segment}`;
    return listIndex.test(segment) ? `[${segment}]` : `[${JSON.stringify(segment)}]`;
  });
  return `event${steps.join("")}`;
}

function formatArithmetic(node: ArithmeticNode): string {
  const level = precedence(node);
  const left = precedence(node.left) < level ? `(${formatOperand(node.left)})` : formatOperand(node.left);
  // a - (b - c): on the right, an operator of the same level needs its parentheses too.
  const right =
    precedence(node.right) <= level ? `(${formatOperand(node.right)})` : formatOperand(node.right);
  return `${left} ${node.operator} ${right}`;
}

function precedence(node: OperandNode): number {
  if (node.kind !== "arithmetic") return 3;
  return node.operator === "+" || node.operator === "-" ? 1 : 2;
}
