import type { ConditionPart } from "@tocsin/contracts/api/rule-trials";
import { type ExplainedNode, jsonStart } from "@tocsin/rules-dsl";

/** Longer values are cut: a condition may ask for the same large object many times. Characters. */
const maximumValue = 1000;

/** A part of an explained condition, as the API shows it. */
export function toConditionPart(node: ExplainedNode): ConditionPart {
  return {
    kind: node.kind,
    source: node.source,
    line: node.position.line,
    column: node.position.column,
    ...(node.truth === undefined ? { value: shorten(node.value) } : { truth: node.truth }),
    ...(node.exceeded !== undefined && { exceeded: node.exceeded }),
    parts: node.operands.map(toConditionPart),
  };
}

/** Lists and objects that are too long become the beginning of their JSON. */
function shorten(value: unknown): unknown {
  const text = typeof value === "string" ? value : jsonStart(value ?? null, maximumValue);
  if (text.length <= maximumValue) return value ?? null;
  return `${text.slice(0, maximumValue - 1).replace(/[\uD800-\uDBFF]$/u, "")}…`;
}
