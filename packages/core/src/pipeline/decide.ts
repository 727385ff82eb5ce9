import { newId } from "@tocsin/db/ids";
import type { Match } from "./match-events.ts";

/** Why it was decided so: a closed list, shown by explain. */
export type DecisionReason = "new_alert" | "no_recipients" | "shadow" | "group_open" | "resolved_before";

/** What was decided for a rule that matched an event. */
export interface Decision {
  match: Match;
  outcome: "alerted" | "deduplicated" | "silenced" | "suppressed";
  reason: DecisionReason;
  notificationId: string | null;
}

/** An alert to be written. */
export interface NewAlert {
  id: string;
  match: Match;
  occurrences: number;
  /** A resolve event of the same key came before: the alert is put into the inbox, but nobody is interrupted. */
  isResolved: boolean;
}

/** The dedup window of one group of one rule. */
export interface Group {
  ruleId: string;
  hash: Buffer;
  key: string;
  notificationId: string;
  windowEndsAt: Date;
}

/** What the gates know, read under lock. */
export interface GateState {
  groups: readonly Group[];
  /** When a dedup key of a source was last resolved, by {@link markerId}. */
  resolvedAt: ReadonlyMap<string, Date>;
}

/** What the batch changes. */
export interface Verdict {
  decisions: Decision[];
  alerts: NewAlert[];
  groups: Group[];
  /** How many more events were folded into notifications of earlier batches. */
  foldedInto: Map<string, number>;
}

export const groupId = (ruleId: string, hash: Buffer) => `${ruleId}:${hash.toString("hex")}`;
export const markerId = (source: string, dedupKey: string) => `${source}\0${dedupKey}`;

/**
 * Decides each match, in the order given, as if the events had come one by one: first wins, and what it decides
 * counts for those behind it. Pure: all that it knows is in `state`, all that it wants is in the verdict.
 */
export function decide(matches: readonly Match[], state: GateState, makeId: () => string = newId): Verdict {
  const groups = new Map(state.groups.map((group) => [groupId(group.ruleId, group.hash), group]));
  const alerts = new Map<string, NewAlert>();
  const verdict: Verdict = { decisions: [], alerts: [], groups: [], foldedInto: new Map() };
  const openedGroups = new Map<string, Group>();

  for (const match of matches) {
    const { event, rule, group } = match;
    if (rule.mode === "shadow") {
      verdict.decisions.push({ match, outcome: "alerted", reason: "shadow", notificationId: null });
      continue;
    }
    const isResolved = isResolvedBefore(match, state);
    const id = group && groupId(rule.id, group.hash);
    const open = id === null ? undefined : groups.get(id);
    if (open && !isResolved && event.receivedAt < open.windowEndsAt) {
      fold(open.notificationId);
      verdict.decisions.push({
        match,
        outcome: "deduplicated",
        reason: "group_open",
        notificationId: open.notificationId,
      });
      continue;
    }
    const alert: NewAlert = { id: makeId(), match, occurrences: 1, isResolved };
    alerts.set(alert.id, alert);
    verdict.alerts.push(alert);
    verdict.decisions.push({
      match,
      outcome: "alerted",
      reason: reasonOf(match, isResolved),
      notificationId: alert.id,
    });
    if (group && id !== null && !isResolved) {
      const opened: Group = {
        ruleId: rule.id,
        hash: group.hash,
        key: group.key,
        notificationId: alert.id,
        windowEndsAt: new Date(event.receivedAt.getTime() + rule.dedupWindowSeconds * 1000),
      };
      groups.set(id, opened);
      openedGroups.set(id, opened);
    }
  }
  verdict.groups = [...openedGroups.values()];
  return verdict;

  function fold(notificationId: string): void {
    const alert = alerts.get(notificationId);
    if (alert) alert.occurrences += 1;
    else verdict.foldedInto.set(notificationId, (verdict.foldedInto.get(notificationId) ?? 0) + 1);
  }
}

function isResolvedBefore({ event }: Match, state: GateState): boolean {
  if (event.dedupKey === null) return false;
  const resolvedAt = state.resolvedAt.get(markerId(event.source, event.dedupKey));
  return resolvedAt !== undefined && resolvedAt > event.receivedAt;
}

function reasonOf(match: Match, isResolved: boolean): DecisionReason {
  if (isResolved) return "resolved_before";
  return match.isOrphan ? "no_recipients" : "new_alert";
}
