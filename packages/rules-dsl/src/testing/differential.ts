import fc from "fast-check";
import type { EventFacts } from "../event-facts.ts";
import { compileWithFiltrex } from "../filtrex-expression.ts";
import { formatCondition } from "../format.ts";
import { evaluateCondition } from "../interpret.ts";
import { Matcher, type MatcherRule } from "../matcher/matcher.ts";
import { parseCondition } from "../parse.ts";
import { condition, event } from "./arbitraries.ts";

/** What a comparison of the three implementations saw. */
export interface DifferentialResult {
  pairs: number;
  /** How many pairs the interpreter called true, false and unknown. */
  truths: Record<"true" | "false" | "unknown", number>;
  disagreements: string[];
}

const rulesPerSet = 25;
const eventsPerSet = 20;

/**
 * Holds random rules against random events three ways: interpreter, matcher, filtrex.
 * @param pairs how many (rule, event) pairs at least
 * @param seed the same seed gives the same pairs
 * @param onProgress called after each set with the pairs done
 */
export function runDifferential(
  pairs: number,
  seed: number,
  onProgress: (pairs: number) => void = () => {},
): DifferentialResult {
  const result: DifferentialResult = {
    pairs: 0,
    truths: { true: 0, false: 0, unknown: 0 },
    disagreements: [],
  };
  const sets = fc.tuple(
    fc.array(condition, { minLength: rulesPerSet, maxLength: rulesPerSet }),
    fc.array(event, { minLength: eventsPerSet, maxLength: eventsPerSet }),
  );
  for (let round = 0; result.pairs < pairs; round += 1) {
    for (const [roots, events] of fc.sample(sets, { seed: seed + round, numRuns: 10 })) {
      const rules = roots.flatMap((root, index) => toRule(formatCondition({ source: "", root }), index));
      compareSet(rules, events, result);
      onProgress(result.pairs);
    }
  }
  return result;
}

/** A generated condition may be larger than the language allows. */
function toRule(source: string, index: number): MatcherRule[] {
  try {
    return [
      {
        id: `rule-${String(index).padStart(2, "0")}`,
        priority: index % 3,
        condition: parseCondition(source),
      },
    ];
  } catch {
    return [];
  }
}

/** Compares the three on every pair of a set of rules and a list of events. */
export function compareSet(
  rules: readonly MatcherRule[],
  events: readonly EventFacts[],
  result: DifferentialResult,
): void {
  const matcher = Matcher.build(rules);
  const compiled = rules.map((rule) => ({ rule, run: compileWithFiltrex(rule.condition.root) }));
  for (const facts of events) {
    const matched = new Set(matcher.match(facts));
    for (const { rule, run } of compiled) {
      const truth = evaluateCondition(rule.condition, facts);
      const answers = { interpreter: truth, matcher: matched.has(rule.id), filtrex: run(facts) };
      result.pairs += 1;
      result.truths[truth] += 1;
      if (answers.matcher !== (truth === "true") || answers.filtrex !== (truth === "true")) {
        result.disagreements.push(
          `${rule.condition.source}\n  ${JSON.stringify(facts)}\n  ${JSON.stringify(answers)}`,
        );
      }
    }
  }
}
