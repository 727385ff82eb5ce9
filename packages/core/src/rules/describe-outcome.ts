import type { ExplainedNode } from "@tocsin/rules-dsl";

/** How many parts are named; more would hide the first. */
const maximumParts = 3;

/** The fields that a condition asks for and the event does not have, or has as null. Each once, in source order. */
export function missingFields(explained: ExplainedNode): string[] {
  return [...new Set(leaves(explained).flatMap(missingIn))];
}

/** Which parts made a condition come to what it did, in words. */
export function describeOutcome(explained: ExplainedNode): string {
  const truth = explained.truth ?? "unknown";
  const parts = decisiveParts(explained);
  const named = parts.slice(0, maximumParts).map(describePart);
  const others = parts.length - named.length;
  if (others > 0) named.push(`${others} more`);
  return parts.length === 1 && parts[0] === explained ? named.join() : `It is ${truth}: ${named.join("; ")}`;
}

/**
 * The parts that a condition's truth rests on: of a true `&&` all, of a false one those that are false, and so on.
 */
function decisiveParts(node: ExplainedNode): ExplainedNode[] {
  if (node.kind === "not") return node.operands.flatMap(decisiveParts);
  if (node.kind !== "and" && node.kind !== "or") return [node];
  return node.operands.filter(({ truth }) => truth === node.truth).flatMap(decisiveParts);
}

function describePart(part: ExplainedNode): string {
  const [exceeded] = exceededIn(part);
  if (exceeded !== undefined) return `${part.source} is unknown: ${exceeded}`;
  const missing = part.truth === "unknown" ? missingIn(part) : [];
  const because =
    missing.length > 0
      ? `, because ${missing.join(" and ")} ${missing.length > 1 ? "are" : "is"} missing`
      : "";
  return `${part.source} is ${part.truth ?? "unknown"}${because}`;
}

/** Which limits a part exceeded. */
function exceededIn(part: ExplainedNode): string[] {
  return part.exceeded === undefined ? part.operands.flatMap(exceededIn) : [part.exceeded];
}

/** The conditions that hold no conditions. */
function leaves(node: ExplainedNode): ExplainedNode[] {
  const isInner = node.kind === "and" || node.kind === "or" || node.kind === "not";
  return isInner ? node.operands.flatMap(leaves) : [node];
}

function missingIn(node: ExplainedNode): string[] {
  if (node.kind === "path") return node.value === null ? [node.source] : [];
  return node.operands.flatMap(missingIn);
}
