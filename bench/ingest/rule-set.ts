import { toConditionText } from "../rules/rule-spec.ts";
import { generateTransferRules } from "../rules/transfer-set.ts";

/** So many active rules. */
export const ruleCount = 1000;
export const recipientCount = 3;

const seed = 20_261_124;

/** Rules as operators of payments write them: those of the benchmark of rules. */
export const rules = generateTransferRules(ruleCount, seed);

/** The condition of the n-th rule. Those beyond the first thousand are another back end's: no event here matches them. */
export function conditionOf(number: number): string {
  const rule = rules[number % ruleCount];
  if (!rule) throw new RangeError(`There is no rule ${number}`);
  const condition = toConditionText(rule);
  return number < ruleCount ? condition : `event.source == "elsewhere" && ${condition}`;
}
