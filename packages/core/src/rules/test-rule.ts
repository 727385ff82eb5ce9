import type { TestedRule, TestRuleInput } from "@tocsin/contracts/api/rule-trials";
import type { Context } from "../context.ts";
import { whyFailed } from "./check-rule-tests.ts";
import { chooseRule } from "./choose-rule.ts";
import { toConditionPart } from "./condition-part.ts";
import { missingFields } from "./describe-outcome.ts";
import { tryRule } from "./try-rule.ts";

/**
 * Shows what a rule makes of a sample event: every part of its condition, what an alert would say, and whether its own
 * tests hold. Nothing is stored, nobody is alerted.
 * @throws DomainError what {@link chooseRule} throws
 */
export async function testRule(ctx: Context, { event, ...chosen }: TestRuleInput): Promise<TestedRule> {
  const { content } = await chooseRule(ctx, chosen);
  const now = ctx.clock();
  const { fires, truth, why, explained, title, message, truncated, action, dedupKey } = tryRule(
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
    tests: content.tests.map((test) => {
      const failure = whyFailed(test, tryRule(content, test.event, now));
      return { name: test.name, passed: failure === undefined, message: failure ?? null };
    }),
  };
}
