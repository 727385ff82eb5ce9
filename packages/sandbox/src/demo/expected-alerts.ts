import { isJsonObject } from "../json.ts";
import type { JsonObject } from "../json.ts";

/** What the API says became of one event. */
export interface EventResult {
  /** Whether nothing more will become of it. */
  isFinal: boolean;
  status: string;
  matches: EventMatch[];
}

export interface EventMatch {
  ruleId: string;
  outcome: string;
  notificationId: string | null;
}

const FINAL_STATUSES = ["processed", "dead"];

/** Reads the answer of GET /api/v1/events/:id. */
export function readEventResult(answer: JsonObject): EventResult {
  const status = String(answer["status"]);
  const matches = Array.isArray(answer["matches"]) ? answer["matches"].filter(isJsonObject) : [];
  return {
    isFinal: FINAL_STATUSES.includes(status),
    status,
    matches: matches.map(({ ruleId, outcome, notificationId }) => ({
      ruleId: String(ruleId),
      outcome: String(outcome),
      notificationId: typeof notificationId === "string" ? notificationId : null,
    })),
  };
}

/**
 * The notifications that a person must be told of.
 *
 * @param targetRolesOf whom each rule alerts, by the rule's id.
 */
export function findExpectedAlerts(
  results: Iterable<EventResult>,
  targetRolesOf: ReadonlyMap<string, readonly string[]>,
  roles: readonly string[],
): Set<string> {
  const expected = new Set<string>();
  for (const { matches } of results) {
    for (const { ruleId, outcome, notificationId } of matches) {
      const isForThem = targetRolesOf.get(ruleId)?.some((role) => roles.includes(role)) ?? false;
      if (outcome === "alerted" && notificationId !== null && isForThem) expected.add(notificationId);
    }
  }
  return expected;
}
