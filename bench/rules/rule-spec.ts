/** A predicate of a benchmark rule, in a form that every engine's language can say. */
export type Predicate =
  | { operator: "equal" | "notEqual"; path: readonly string[]; value: string | number | boolean }
  | { operator: "in"; path: readonly string[]; values: readonly string[] }
  | { operator: "atLeast" | "atMost"; path: readonly string[]; value: number }
  | { operator: "startsWith"; path: readonly string[]; value: string }
  | { operator: "exists"; path: readonly string[] };

/** A benchmark rule: predicates that must all be true. */
export interface RuleSpec {
  id: string;
  priority: number;
  all: readonly Predicate[];
}

/** The rule as a condition of our language. */
export function toConditionText({ all }: RuleSpec): string {
  return all.map(toText).join(" && ");
}

function toText(predicate: Predicate): string {
  const field = `event.${predicate.path.join(".")}`;
  switch (predicate.operator) {
    case "equal":
      return `${field} == ${JSON.stringify(predicate.value)}`;
    case "notEqual":
      return `${field} != ${JSON.stringify(predicate.value)}`;
    case "in":
      return `${field} in ${JSON.stringify(predicate.values)}`;
    case "atLeast":
      return `${field} >= ${predicate.value}`;
    case "atMost":
      return `${field} <= ${predicate.value}`;
    case "startsWith":
      return `${field} startsWith ${JSON.stringify(predicate.value)}`;
    case "exists":
      return `exists(${field})`;
  }
}
