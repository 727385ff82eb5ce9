import { type AnyNode, childrenOf, type Condition } from "./ast.ts";
import { Decimal } from "./decimal.ts";
import { type Position, positionsIn } from "./errors.ts";
import { type EvaluationOptions, type EventFacts, readNow } from "./event-facts.ts";
import { type Scope, toTruth, type Truth, truthOf, valueOf } from "./interpret.ts";
import { isConditionNode } from "./node-roles.ts";
import { Duration, Instant } from "./values.ts";

/** A part of a condition with what it came to for one event. Conditions have a truth, operands a value. */
export interface ExplainedNode {
  kind: AnyNode["kind"];
  /** The part as it was written. */
  source: string;
  /** Where it begins. */
  position: Position;
  truth?: Truth;
  /** A JSON value; null where the value is missing or unknown. Dates are ISO text, decimals their digits. */
  value?: unknown;
  /** Why it is unknown although nothing is missing: which limit it exceeded, by how much. */
  exceeded?: string;
  operands: ExplainedNode[];
}

/** Every part of a condition with its value or truth for an event. Parts that could not matter are shown too. */
export function explainCondition(
  condition: Condition,
  event: EventFacts,
  options?: EvaluationOptions,
): ExplainedNode {
  const positionOf = positionsIn(condition.source);
  const known = new Map<AnyNode, unknown>();
  const exceeded = new Map<AnyNode, string>();
  const scope: Scope = {
    event,
    now: readNow(event, options),
    known,
    onExceeded: (node, message) => void exceeded.set(node, message),
  };

  /** From the leaves up: what is below is known by then and not evaluated again. */
  function explainNode(node: AnyNode): ExplainedNode {
    const explained: ExplainedNode = {
      kind: node.kind,
      source: condition.source.slice(node.span.start, node.span.end),
      position: positionOf(node.span.start),
      operands: childrenOf(node).map(explainNode),
    };
    if (isConditionNode(node)) {
      const truth = truthOf(node, scope);
      known.set(node, truth);
      explained.truth = toTruth(truth);
    } else {
      const value = valueOf(node, scope);
      known.set(node, value);
      explained.value = toPlain(value);
    }
    const message = exceeded.get(node);
    if (message !== undefined) explained.exceeded = message;
    return explained;
  }

  return explainNode(condition.root);
}

function toPlain(value: ReturnType<typeof valueOf>): unknown {
  if (value === undefined) return null;
  const isOurs = value instanceof Instant || value instanceof Duration || value instanceof Decimal;
  return isOurs ? value.toJSON() : value;
}
