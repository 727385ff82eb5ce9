import { type ConditionProperties, Engine } from "json-rules-engine";
import type { Predicate } from "../rule-spec.ts";
import type { Contender } from "./contender.ts";

/** json-rules-engine: one engine with all rules, run for every event. */
export const jsonRulesEngine: Contender = {
  name: "json-rules-engine",
  prepare(rules) {
    const engine = new Engine([], { allowUndefinedFacts: true });
    engine.addOperator("startsWith", (text: unknown, prefix: string) => String(text).startsWith(prefix));
    for (const { id, all } of rules) {
      engine.addRule({ conditions: { all: all.map(toCondition) }, event: { type: id } });
    }
    return async ({ type, payload }) => (await engine.run({ type, payload })).events.length;
  },
};

const operators: Readonly<Record<Predicate["operator"], string>> = {
  equal: "equal",
  notEqual: "notEqual",
  in: "in",
  atLeast: "greaterThanInclusive",
  atMost: "lessThanInclusive",
  startsWith: "startsWith",
  exists: "notEqual",
};

function toCondition(predicate: Predicate): ConditionProperties {
  const [fact = "", ...rest] = predicate.path;
  return {
    fact,
    ...(rest.length === 0 ? {} : { path: `$.${rest.join(".")}` }),
    operator: operators[predicate.operator],
    value: toValue(predicate),
  };
}

function toValue(predicate: Predicate): unknown {
  if (predicate.operator === "exists") return undefined;
  return predicate.operator === "in" ? predicate.values : predicate.value;
}
