import type { RuleExplanation } from "@tocsin/contracts/api/event-explanations";
import type { EventFacts } from "@tocsin/rules-dsl";
import { type ExplainedSnapshot, explainSnapshot } from "../rules/explain-snapshot.ts";
import type { PastRule } from "../rules/version-in-force.ts";

/** An event as far as its not matching depends on it. */
export type ProcessedEvent = EventFacts & { status: string; action: string };

type Verdict = Pick<RuleExplanation, "outcome" | "reason" | "explanation">;

/**
 * Why a rule decided nothing for an event.
 * @param past the rule as it was when the event was processed; undefined: it was not there yet
 */
export function explainNoMatch(
  event: ProcessedEvent,
  rule: { id: string; name: string },
  past: PastRule | undefined,
): RuleExplanation {
  const explained = explainSnapshot(past?.snapshot, event);
  return {
    ruleId: rule.id,
    name: past?.snapshot.name ?? rule.name,
    version: past?.snapshot.version ?? null,
    mode: past?.snapshot.mode ?? null,
    ...(notHeld(event, past) ?? { outcome: "not_matched", ...whyNot(explained) }),
    missingFields: explained?.missingFields ?? [],
    condition: explained?.condition ?? null,
    gates: [],
    notificationId: null,
    silenceId: null,
    decidedAt: null,
  };
}

/** Why the event was not even held against the rule. */
function notHeld(event: ProcessedEvent, past: PastRule | undefined): Verdict | undefined {
  if (event.status !== "processed") {
    const explanation =
      event.status === "dead"
        ? "The event could not be processed: it is in the dead letter."
        : "The event is not processed yet.";
    return { outcome: "not_processed", reason: event.status, explanation };
  }
  if (event.action !== "trigger") {
    const explanation = `Its action is ${event.action}: only triggers are held against rules.`;
    return { outcome: "not_a_trigger", reason: event.action, explanation };
  }
  const outcome = "not_in_force";
  if (!past) return { outcome, reason: "not_created", explanation: "The rule was not there yet." };
  if (past.isDeleted) return { outcome, reason: "deleted", explanation: "The rule was deleted before." };
  if (!past.snapshot.active)
    return { outcome, reason: "inactive", explanation: "The rule was switched off." };
  return undefined;
}

function whyNot(explained: ExplainedSnapshot | undefined): Omit<Verdict, "outcome"> {
  if (!explained) {
    const explanation = "Its condition cannot be understood any more.";
    return { reason: "invalid_condition", explanation };
  }
  const { truth, why } = explained;
  if (truth === "true") {
    // The worker read the rules just before this version was there.
    const explanation =
      "The rule was changed at the moment when the event was processed: the version before decided.";
    return { reason: "changed_meanwhile", explanation };
  }
  if (truth === "false") return { reason: "condition_false", explanation: why };
  const isMissing = explained.missingFields.length > 0;
  return { reason: isMissing ? "field_missing" : "condition_unknown", explanation: why };
}
