import type { RuleExplanation } from "@tocsin/contracts/api/event-explanations";
import type { Rule } from "@tocsin/contracts/api/rules";
import type { EventFacts } from "@tocsin/rules-dsl";
import type { DecisionReason } from "../pipeline/decide.ts";
import { explainSnapshot } from "../rules/explain-snapshot.ts";

/** A line of the decision log. */
export interface LoggedDecision {
  ruleId: string;
  ruleVersion: number;
  outcome: "alerted" | "deduplicated" | "silenced" | "suppressed";
  reason: string;
  notificationId: string | null;
  silenceId: string | null;
  decidedAt: Date;
}

/** The gates in the order in which an event meets them, and the outcome by which each stops it. */
const gates = [
  { gate: "silence", stops: "silenced" },
  { gate: "dedup", stops: "deduplicated" },
  { gate: "storm", stops: "suppressed" },
] as const;

/** The reasons of the decision log in words. */
const sentences: Readonly<Record<DecisionReason, string>> = {
  new_alert: "It matched and raised an alert.",
  no_recipients: "It matched and raised an alert. Nobody holds the rule's roles, so the admins were alerted.",
  shadow: "It matched. The rule is a shadow rule, so nobody was alerted.",
  resolved_before:
    "It matched, but was resolved before it was processed: the alert went into the inbox only.",
  silenced: "It matched, but a silence was in force, so nobody was alerted.",
  acknowledged_before:
    "It matched, but was acknowledged before it was processed: the alert went into the inbox only.",
  group_open: "It matched and was folded into an alert with the same dedup key.",
  storm_opened: "It matched as one too many: it began an alert storm, which was announced.",
  storm_open: "It matched during an alert storm, so it was counted instead of alerted.",
};

const fallbacks = {
  alerted: "It matched and raised an alert",
  deduplicated: "It matched and was folded into another alert",
  silenced: "It matched, but was silenced",
  suppressed: "It matched, but was held back",
} as const;

/**
 * What was decided for a rule that matched.
 * @param snapshot the rule at the version that decided; undefined where it is not known any more
 */
export function explainDecision(
  event: EventFacts,
  { outcome, reason, ruleVersion, ruleId, notificationId, silenceId, decidedAt }: LoggedDecision,
  snapshot: Rule | undefined,
): RuleExplanation {
  const explained = explainSnapshot(snapshot, event);
  return {
    ruleId,
    name: snapshot?.name ?? "",
    version: ruleVersion,
    mode: snapshot?.mode ?? null,
    outcome: reason === "shadow" ? "shadow" : outcome,
    reason,
    explanation: isKnown(reason) ? sentences[reason] : `${fallbacks[outcome]} (${reason}).`,
    missingFields: explained?.missingFields ?? [],
    condition: explained?.condition ?? null,
    gates: reason === "shadow" ? [] : gatesOf(outcome),
    notificationId,
    silenceId,
    decidedAt: decidedAt.toISOString(),
  };
}

/** The log may be older or newer than this process: what it does not know it shows as it stands. */
function isKnown(reason: string): reason is DecisionReason {
  return Object.hasOwn(sentences, reason);
}

function gatesOf(outcome: LoggedDecision["outcome"]): RuleExplanation["gates"] {
  const stoppedAt = gates.findIndex(({ stops }) => stops === outcome);
  return gates.map(({ gate }, index) => {
    if (stoppedAt === -1 || index < stoppedAt) return { gate, verdict: "passed" };
    return { gate, verdict: index === stoppedAt ? "stopped" : "not_reached" };
  });
}
