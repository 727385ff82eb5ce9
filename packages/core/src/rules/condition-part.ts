import type { ConditionPart } from "@tocsin/contracts/api/rule-trials";
import { cutText, type ExplainedNode, jsonStart } from "@tocsin/rules-dsl";

/** Longer values are cut: a condition may ask for the same large object many times. Code points. */
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
  const text = typeof value === "string" ? value : jsonStart(value ?? null, 2 * maximumValue);
  const cut = cutText(text, maximumValue, "…");
  return cut === text ? (value ?? null) : cut;
}
