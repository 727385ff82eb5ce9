import { type AnyNode, childrenOf, type Condition, type OperandNode, type Span } from "./ast.ts";
import { type EvaluationOptions, type EventFacts, readNow } from "./event-facts.ts";
import { type Scope, toTruth, type Truth, truthOf, valueOf } from "./interpret.ts";
import { Decimal } from "./decimal.ts";
import { isConditionNode } from "./node-roles.ts";
import { Duration, Instant } from "./values.ts";

/** A part of a condition with what it came to for one event. Conditions have a truth, operands a value. */
export interface ExplainedNode {
  kind: AnyNode["kind"];
  /** The part as it was written. */
  source: string;
  span: Span;
  truth?: Truth;
  /** A JSON value; null where the value is missing or unknown. Dates are ISO text, decimals their digits. */
  value?: unknown;
  operands: ExplainedNode[];
}

/** Every part of a condition with its value or truth for an event. Parts that could not matter are shown too. */
export function explainCondition(
  condition: Condition,
  event: EventFacts,
  options?: EvaluationOptions,
): ExplainedNode {
  return explainNode(condition.root, condition.source, { event, now: readNow(event, options) });
}

function explainNode(node: AnyNode, source: string, scope: Scope): ExplainedNode {
  const explained: ExplainedNode = {
    kind: node.kind,
    source: source.slice(node.span.start.offset, node.span.end.offset),
    span: node.span,
    operands: childrenOf(node).map((child) => explainNode(child, source, scope)),
  };
  if (isConditionNode(node)) explained.truth = toTruth(truthOf(node, scope));
  else explained.value = toPlain(node, scope);
  return explained;
}

function toPlain(node: OperandNode, scope: Scope): unknown {
  const value = valueOf(node, scope);
  if (value === undefined) return null;
  const isOurs = value instanceof Instant || value instanceof Duration || value instanceof Decimal;
  return isOurs ? value.toJSON() : value;
}
