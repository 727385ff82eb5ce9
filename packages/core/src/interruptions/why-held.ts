import type { Weekly } from "@tocsin/contracts/api/silences";
import { weeklyEnd } from "../weekly-end.ts";

/** Why somebody is told of an alert without a sound: a closed list, shown by explain. */
export type HeldReason = "muted_rule" | "below_priority" | "quiet_hours" | "rate_limited";

/** When a person wants to be left alone. */
export interface Preference {
  quietHours: Weekly | null;
  /** Alerts of less weight than this do not interrupt: 1 critical … 5 info. */
  minimumPriority: number;
  mutedRules: readonly string[];
}

/** An interruption that is held back; `summaryAt`: when a summary is to tell of it, null: never. */
export interface Hold {
  reason: HeldReason;
  summaryAt: Date | null;
}

const critical = 1;

/** Whether nothing may hold an alert back. */
export function alwaysInterrupts({ priority }: { priority: number }): boolean {
  return priority === critical;
}

/** Whether, and why, a person's preferences hold an alert back now. Critical ones always interrupt. */
export function whyHeld(
  alert: { ruleId: string | null; priority: number },
  { quietHours, minimumPriority, mutedRules }: Preference,
  now: Date,
): Hold | null {
  if (alwaysInterrupts(alert)) return null;
  if (alert.ruleId !== null && mutedRules.includes(alert.ruleId)) {
    return { reason: "muted_rule", summaryAt: null };
  }
  if (alert.priority > minimumPriority) return { reason: "below_priority", summaryAt: null };
  const quietUntil = quietHours && weeklyEnd(quietHours, now);
  return quietUntil && { reason: "quiet_hours", summaryAt: quietUntil };
}
