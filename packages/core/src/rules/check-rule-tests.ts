import { DomainError, type ProblemError } from "@tocsin/contracts/errors";
import type { RuleTest } from "@tocsin/contracts/api/rule-tests";
import type { RuleContent } from "@tocsin/contracts/api/rules";
import { type TriedRule, tryRule } from "./try-rule.ts";

/**
 * Holds a rule to its tests.
 * @throws DomainError RULE_TESTS_FAILED with a pointer to each test that failed and what came instead
 */
export function checkRuleTests(content: RuleContent, now: Date): void {
  const errors = content.tests.flatMap((test, index): ProblemError[] => {
    const tried = tryRule(content, test.event, now);
    const message = whyFailed(test, tried);
    return message === undefined ? [] : [{ pointer: `/tests/${index}`, message, code: "test_failed" }];
  });
  if (errors.length === 0) return;
  const [first] = errors;
  const count = `${errors.length} of ${content.tests.length} tests failed`;
  throw new DomainError("RULE_TESTS_FAILED", { detail: `${count}. ${first?.message ?? ""}`, errors });
}

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
