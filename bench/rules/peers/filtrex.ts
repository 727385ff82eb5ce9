import { compileExpression } from "filtrex";
import type { Predicate, RuleSpec } from "../rule-spec.ts";
import type { Contender } from "./contender.ts";

/** filtrex, every rule tried on every event; fields through a property function that sees own properties only. */
export const filtrex: Contender = {
  name: "filtrex, brute force",
  prepare(rules) {
    const compiled = rules.map((rule) => compileExpression(toExpression(rule), options));
    return (event) => compiled.reduce((count, run) => (run(event) === true ? count + 1 : count), 0);
  },
};

const options = {
  customProp: (name: string, _get: unknown, event: object): unknown => {
    let value: unknown = event;
    for (const segment of name.split(".")) {
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, segment)) return undefined;
      value = (value as Record<string, unknown>)[segment];
    }
    return value;
  },
  extraFunctions: {
    startsWith: (text: unknown, prefix: string) => typeof text === "string" && text.startsWith(prefix),
  },
};

function toExpression({ all }: RuleSpec): string {
  return all.map((predicate) => `(${toText(predicate)})`).join(" and ");
}

function toText(predicate: Predicate): string {
  const field = predicate.path.join(".");
  switch (predicate.operator) {
    case "equal":
      return `${field} == ${JSON.stringify(predicate.value)}`;
    case "notEqual":
      return `${field} != ${JSON.stringify(predicate.value)}`;
    case "in":
      return `${field} in (${predicate.values.map((value) => JSON.stringify(value)).join(", ")})`;
    case "atLeast":
      return `${field} >= ${predicate.value}`;
    case "atMost":
      return `${field} <= ${predicate.value}`;
    case "startsWith":
      return `startsWith(${field}, ${JSON.stringify(predicate.value)})`;
    case "exists":
      return `exists(${field})`;
  }
}
