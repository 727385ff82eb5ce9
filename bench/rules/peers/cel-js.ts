import { Environment } from "@marcbachmann/cel-js";
import type { Predicate, RuleSpec } from "../rule-spec.ts";
import type { Contender } from "./contender.ts";

/** Google's Common Expression Language in JavaScript, every rule parsed once and tried on every event. */
export const celJs: Contender = {
  name: "@marcbachmann/cel-js, brute force",
  prepare(rules) {
    const environment = new Environment().registerVariable("event", "map");
    const compiled = rules.map((rule) => environment.parse(toExpression(rule)));
    return (event) => compiled.reduce((count, run) => (run({ event }) === true ? count + 1 : count), 0);
  },
};

function toExpression({ all }: RuleSpec): string {
  return all.map(toText).join(" && ");
}

function toText(predicate: Predicate): string {
  const field = `event.${predicate.path.join(".")}`;
  switch (predicate.operator) {
    case "equal":
      return `${field} == ${toLiteral(predicate.value)}`;
    case "notEqual":
      return `${field} != ${toLiteral(predicate.value)}`;
    case "in":
      return `${field} in ${JSON.stringify(predicate.values)}`;
    case "atLeast":
      return `${field} >= ${toLiteral(predicate.value)}`;
    case "atMost":
      return `${field} <= ${toLiteral(predicate.value)}`;
    case "startsWith":
      return `${field}.startsWith(${JSON.stringify(predicate.value)})`;
    case "exists":
      return `has(${field})`;
  }
}

/** JSON numbers are doubles to CEL, and doubles are written with a point. */
function toLiteral(value: string | number | boolean): string {
  return typeof value === "number" && Number.isInteger(value) ? `${value}.0` : JSON.stringify(value);
}
