import type { RuleExplanation } from "@tocsin/contracts/api/event-explanations";
import type { Rule } from "@tocsin/contracts/api/rules";
import type { EventFacts } from "@tocsin/rules-dsl";
import type { DecisionReason } from "../pipeline/decide.ts";
import { explainSnapshot } from "../rules/explain-snapshot.ts";
import { whyNoKey } from "./why-no-key.ts";

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

/** A step that a match goes through before it raises an alert. */
interface Step {
  /** Its name, where it is shown as a gate. */
  gate: RuleExplanation["gates"][number]["gate"] | null;
  /** The outcomes and reasons that say that this step decided: nothing behind it was asked. */
  decides: readonly string[];
}

/**
 * The steps in the order of `decide` (pipeline/decide.ts). One is no gate: what was resolved or acknowledged
 * before raises its alert for the inbox at once, and is neither folded nor held back.
 */
const steps: readonly Step[] = [
  { gate: "silence", decides: ["silenced"] },
  { gate: null, decides: ["resolved_before", "acknowledged_before"] },
  { gate: "dedup", decides: ["deduplicated"] },
  { gate: "storm", decides: ["suppressed"] },
];

/** The reasons of the decision log in words. */
const sentences: Readonly<Record<DecisionReason, string>> = {
  new_alert: "It matched and raised an alert.",
  no_recipients:
    "It matched and raised an alert. Nobody holds the rule's roles, so those whom it escalates to were alerted, or the admins.",
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
  const isAskedForKey = reason !== "shadow" && (outcome === "alerted" || outcome === "suppressed");
  const keyless = isAskedForKey ? whyNoKey(snapshot, event) : undefined;
  return {
    ruleId,
    name: snapshot?.name ?? "",
    version: ruleVersion,
    mode: snapshot?.mode ?? null,
    outcome: reason === "shadow" ? "shadow" : outcome,
    reason,
    explanation: [sentenceOf(outcome, reason), keyless].filter(Boolean).join(" "),
    missingFields: explained?.missingFields ?? [],
    condition: explained?.condition ?? null,
    gates: reason === "shadow" ? [] : gatesOf(outcome, reason),
    notificationId,
    silenceId,
    decidedAt: decidedAt.toISOString(),
  };
}

function sentenceOf(outcome: LoggedDecision["outcome"], reason: string): string {
  return isKnown(reason) ? sentences[reason] : `${fallbacks[outcome]} (${reason}).`;
}

/** The log may be older or newer than this process: what it does not know it shows as it stands. */
function isKnown(reason: string): reason is DecisionReason {
  return Object.hasOwn(sentences, reason);
}

/** What each gate decided: those before the step that decided let the match pass, those behind it were not asked. */
function gatesOf(outcome: string, reason: string): RuleExplanation["gates"] {
  const decidedAt = steps.findIndex(({ decides }) => decides.includes(outcome) || decides.includes(reason));
  return steps.flatMap(({ gate }, index): RuleExplanation["gates"] => {
    if (gate === null) return [];
    if (decidedAt === -1 || index < decidedAt) return [{ gate, verdict: "passed" }];
    return [{ gate, verdict: index === decidedAt ? "stopped" : "not_reached" }];
  });
}
