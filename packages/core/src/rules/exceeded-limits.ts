import { countExceeded } from "@tocsin/rules-dsl";

/** What the metrics tell of parts of conditions that were unknown because they exceeded a limit. */
export const exceededLimits = {
  name: "tocsin_condition_limits_exceeded_total",
  help: "Parts of conditions that exceeded a limit of the rule language for an event, and were unknown",
  count: countExceeded,
} as const;
