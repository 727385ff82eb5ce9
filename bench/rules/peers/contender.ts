import type { EventFacts } from "@tocsin/rules-dsl";
import type { RuleSpec } from "../rule-spec.ts";

/** A library that can say which of many rules an event matches. */
export interface Contender {
  name: string;
  /** Prepares the rules; the result counts those that an event matches. */
  prepare(rules: readonly RuleSpec[]): (event: EventFacts) => number | Promise<number>;
}
