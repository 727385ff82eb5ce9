import type { RuleTest } from "@tocsin/contracts/api/rule-tests";
import type { TriedRule } from "./try-rule.ts";

/** What a test expected and what came; undefined where both are the same. */
export function whyFailed(test: RuleTest, { fires, title, why }: TriedRule): string | undefined {
  const shouldFire = test.expected === "fires";
  if (fires !== shouldFire) {
    const got = fires ? "should not fire, but fires" : "should fire, but does not";
    return `“${test.name}” ${got}${why === "" ? "" : `: ${why}`}`;
  }
  if (test.expectedTitle === undefined || test.expectedTitle === title) return undefined;
  return `“${test.name}” should have the title “${test.expectedTitle}”, but has “${title}”`;
}
