import {
  type AnyNode,
  childrenOf,
  type Condition,
  type ConditionNode,
  type OperandNode,
  type Span,
} from "./ast.ts";
import { checkTypes } from "./check-types.ts";
import { type EventSchema, FieldTypes } from "./field-types.ts";
import type { EventFacts } from "./event-facts.ts";
import { formatOperand } from "./format.ts";
import { conditionLimits } from "./limits.ts";
import { SlotTable } from "./matcher/slots.ts";
import { toConjunctions } from "./matcher/to-conjunctions.ts";
import { estimatePatternSize } from "./pattern-size.ts";
import { nearest } from "./suggest.ts";

/** What the checker may compare a condition with. */
export interface CheckOptions {
  /** The fields that events have. Absent: no field is called unknown on its account. */
  schema?: EventSchema;
  /** Events whose fields and types are taken for typical. */
  sampleEvents?: readonly EventFacts[];
}

/** What can be wrong with a condition that is nevertheless allowed. */
export type WarningCode =
  | "UNKNOWN_FIELD"
  | "TYPE_CONFLICT"
  | "ALWAYS_TRUE"
  | "ALWAYS_FALSE"
  | "MIXED_AND_OR"
  | "NOT_INDEXABLE"
  | "INEXACT_NUMBER"
  | "QUOTED_NUMBER"
  | "MAY_EXCEED_STEPS";

/** Something that is allowed but probably not meant. */
export interface ConditionWarning {
  code: WarningCode;
  message: string;
  span: Span;
  suggestion?: string;
}

/**
 * What looks unintended in a condition. Without a schema or sample events, fields and their types are not judged.
 */
export function checkCondition(condition: Condition, options: CheckOptions = {}): ConditionWarning[] {
  const types = new FieldTypes(options.schema, options.sampleEvents);
  const nodes = flatten(condition.root);
  return [
    ...nodes.flatMap((node) => checkField(node, types)),
    ...nodes.flatMap((node) => checkTypes(node, types)),
    ...nodes.flatMap(checkMixed),
    ...nodes.flatMap(checkNumber),
    ...nodes.flatMap(checkQuotedNumber),
    ...nodes.flatMap(checkSteps),
    ...checkReach(condition.root),
  ];
}

function flatten(node: AnyNode): AnyNode[] {
  return [node, ...childrenOf(node).flatMap(flatten)];
}

function checkField(node: AnyNode, types: FieldTypes): ConditionWarning[] {
  if (node.kind !== "path" || types.isKnown(node)) return [];
  const name = formatOperand(node);
  const suggestion = nearest(name, types.names);
  const message = `No known event has ${name}`;
  return [
    { code: "UNKNOWN_FIELD", message, span: node.span, ...(suggestion === undefined ? {} : { suggestion }) },
  ];
}

/** `a && b || c` means `(a && b) || c`, which not everybody knows. */
function checkMixed(node: AnyNode): ConditionWarning[] {
  if (node.kind !== "or") return [];
  return node.operands
    .filter((operand) => operand.kind === "and" && !operand.parenthesized)
    .map((operand) => ({
      code: "MIXED_AND_OR",
      message: "&& binds tighter than ||: parentheses would say which is meant",
      span: operand.span,
    }));
}

function checkNumber(node: AnyNode): ConditionWarning[] {
  if (node.kind !== "arithmetic") return [];
  return [node.left, node.right].filter(isBeyondSafety).map((operand) => ({
    code: "INEXACT_NUMBER",
    message: "Beyond 2^53 it is computed with doubles, which are not exact: write decimal(…) around it",
    span: operand.span,
  }));
}

/** A whole number beyond 2^53 that a double holds, while those beside it it does not. */
function isBeyondSafety(node: OperandNode): boolean {
  if (node.kind !== "literal" || typeof node.value !== "number") return false;
  return Number.isInteger(node.value) && !Number.isSafeInteger(node.value);
}

/** `event.amount > "10"` is unknown for every number. */
function checkQuotedNumber(node: AnyNode): ConditionWarning[] {
  return orderedWith(node).flatMap((operand) => {
    if (operand.kind !== "literal" || typeof operand.value !== "string") return [];
    if (!/^-?\d+(\.\d+)?$/.test(operand.value)) return [];
    const message = `${formatOperand(operand)} is a text, which has no order beside a number: numbers are written without quotes`;
    return [{ code: "QUOTED_NUMBER", message, span: operand.span, suggestion: operand.value }];
  });
}

/** What is compared by order. */
function orderedWith(node: AnyNode): readonly OperandNode[] {
  if (node.kind === "between") return [node.low, node.high];
  if (node.kind !== "comparison" || node.operator === "==" || node.operator === "!=") return [];
  return [node.left, node.right];
}

/** A pattern whose states and the longest text, multiplied, are more than its share of the condition's steps. */
function checkSteps(node: AnyNode): ConditionWarning[] {
  if (node.kind !== "text" || node.operator !== "matches" || node.right.kind !== "literal") return [];
  const size = estimatePatternSize(String(node.right.value));
  const safe = Math.floor(node.steps / size);
  if (safe >= conditionLimits.searchedCharacters) return [];
  const message =
    `This pattern of about ${size} instructions has ${node.steps} steps for an event. ` +
    `In a text of more than ${safe} characters it could need more, and would be unknown`;
  return [{ code: "MAY_EXCEED_STEPS", message, span: node.right.span }];
}

/** Whether the condition can be true, can be anything else, and can be found by an index. */
function checkReach(root: ConditionNode): ConditionWarning[] {
  const conjunctions = toConjunctions(root, new SlotTable());
  if (conjunctions.length === 0) {
    return [{ code: "ALWAYS_FALSE", message: "This condition is never true", span: root.span }];
  }
  if (conjunctions.some((conjunction) => conjunction.length === 0)) {
    return [{ code: "ALWAYS_TRUE", message: "This condition is true for every event", span: root.span }];
  }
  const isIndexed = conjunctions.every((conjunction) =>
    conjunction.some(({ kind }) => kind === "oneOf" || kind === "range" || kind === "prefix"),
  );
  if (isIndexed) return [];
  const message =
    "Nothing here can be looked up in an index, so this rule is tried on every event: " +
    "add a comparison of a field with ==, in, startsWith or a range of numbers";
  return [{ code: "NOT_INDEXABLE", message, span: root.span }];
}
