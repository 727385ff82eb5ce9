import type { ActiveRule } from "./rule-book.ts";

/** When a rule's alerts become a storm: more than `limit` within `windowSeconds`. */
export interface StormPolicy {
  limit: number;
  windowSeconds: number;
}

/** The rule's own policy, or the configured one where it names none. */
export function stormPolicyOf(
  rule: Pick<ActiveRule, "stormLimit" | "stormWindowSeconds">,
  defaults: StormPolicy,
): StormPolicy {
  return {
    limit: rule.stormLimit ?? defaults.limit,
    windowSeconds: rule.stormWindowSeconds ?? defaults.windowSeconds,
  };
}

/** A storm is over when a whole window held back at most half of what would have begun it. */
export function isStormOver(heldBack: number, policy: StormPolicy): boolean {
  return heldBack <= policy.limit / 2;
}
