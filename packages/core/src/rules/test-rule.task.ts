import type { SampleEvent } from "@tocsin/contracts/api/rule-tests";
import type { TestedRule } from "@tocsin/contracts/api/rule-trials";
import type { RuleContent } from "@tocsin/contracts/api/rules";
import { whyFailed } from "./why-failed.ts";
import { toConditionPart } from "./condition-part.ts";
import { missingFields } from "./describe-outcome.ts";
import { tryRule } from "./try-rule.ts";

/** What a rule makes of a sample event, in a thread; its texts are known to be valid. */
export function run({
  content,
  event,
  now,
}: {
  content: RuleContent;
  event: SampleEvent;
  now: Date;
}): TestedRule {
  const { fires, truth, why, explained, warnings, title, message, truncated, action, dedupKey } = tryRule(
    content,
    event,
    now,
  );
  return {
    fires,
    result: truth,
    why,
    missingFields: missingFields(explained),
    condition: toConditionPart(explained),
    alert: { title, message, truncated, action, dedupKey },
    warnings,
    tests: content.tests.map((test) => {
      const failure = whyFailed(test, tryRule(content, test.event, now));
      return { name: test.name, passed: failure === undefined, message: failure ?? null };
    }),
  };
}
