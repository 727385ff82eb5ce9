import type { Condition } from "./ast.ts";
import type { EventFacts } from "./event-facts.ts";
import { evaluateCondition } from "./interpret.ts";

export interface MatcherRule {
  id: string;
  priority: number;
  condition: Condition;
}

/** Every rule tried on every event. */
export class Matcher {
  readonly #rules: readonly MatcherRule[];

  private constructor(rules: readonly MatcherRule[]) {
    this.#rules = rules;
  }

  static build(rules: readonly MatcherRule[]): Matcher {
    return new Matcher(rules.toSorted((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1)));
  }

  match(event: EventFacts): readonly string[] {
    return this.#rules
      .filter(({ condition }) => evaluateCondition(condition, event) === "true")
      .map(({ id }) => id);
  }
}
