import type { ProblemError } from "@tocsin/contracts/errors";
import type { RuleContent } from "@tocsin/contracts/api/rules";
import { tryRule } from "./try-rule.ts";
import { whyFailed } from "./why-failed.ts";

/** Which of its own tests a rule fails, in a thread; its texts are known to be valid. */
export function run({ content, now }: { content: RuleContent; now: Date }): ProblemError[] {
  return content.tests.flatMap((test, index) => {
    const message = whyFailed(test, tryRule(content, test.event, now));
    return message === undefined ? [] : [{ pointer: `/tests/${index}`, message, code: "test_failed" }];
  });
}
