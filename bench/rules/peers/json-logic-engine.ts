import { LogicEngine } from "json-logic-engine";
import type { Predicate } from "../rule-spec.ts";
import type { Contender } from "./contender.ts";

/** json-logic-engine, every rule compiled once and tried on every event. */
export const jsonLogicEngine: Contender = {
  name: "json-logic-engine, compiled, brute force",
  prepare(rules) {
    const engine = new LogicEngine();
    engine.addMethod("startsWith", ([text, prefix]: [unknown, string]) => String(text).startsWith(prefix), {
      deterministic: true,
    });
    const compiled = rules.map(
      ({ all }) => engine.build({ and: all.map(toLogic) }) as (event: object) => unknown,
    );
    return (event) => compiled.reduce((count, run) => (run(event) === true ? count + 1 : count), 0);
  },
};

function toLogic(predicate: Predicate): object {
  const field = { var: predicate.path.join(".") };
  switch (predicate.operator) {
    case "equal":
      return { "===": [field, predicate.value] };
    case "notEqual":
      return { "!==": [field, predicate.value] };
    case "in":
      return { in: [field, predicate.values] };
    case "atLeast":
      return { ">=": [field, predicate.value] };
    case "atMost":
      return { "<=": [field, predicate.value] };
    case "startsWith":
      return { startsWith: [field, predicate.value] };
    case "exists":
      return { "!==": [field, null] };
  }
}
