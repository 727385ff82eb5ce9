import { correlationOf, runWithCorrelation } from "@tocsin/platform/correlation";
import type { Logger } from "@tocsin/platform/logger";
import type { Decision } from "./decide.ts";

/**
 * Writes a line for each alert that was raised, under the id of the request that its event came with: who looks for that
 * id finds what became of the event. What was folded, silenced or held back by a storm is told by explain alone.
 */
export function logAlerts(log: Logger, decisions: readonly Decision[]): void {
  for (const { match, outcome, notificationId } of decisions) {
    if (outcome !== "alerted" || notificationId === null) continue;
    const { event, rule } = match;
    runWithCorrelation(correlationOf(event), () =>
      log.info("An alert was raised", { notificationId, ruleId: rule.id, eventId: event.id }),
    );
  }
}
