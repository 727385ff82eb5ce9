import { newId } from "@tocsin/db/ids";
import type { PipelineEvent } from "./load-events.ts";
import type { Match } from "./match-events.ts";
import { alertOf, type NewNotification, stormOpened } from "./new-notification.ts";
import { rankKey, type Ranks } from "./rank-in-window.ts";
import { type StormPolicy, stormPolicyOf } from "./storm-policy.ts";
import { isOvertaken } from "./storm-room.ts";

/** Why it was decided so: a closed list, shown by explain. */
export type DecisionReason =
  | "new_alert"
  | "no_recipients"
  | "shadow"
  | "silenced"
  | "resolved_before"
  | "acknowledged_before"
  | "group_open"
  | "storm_opened"
  | "storm_open";

/** What was decided for a rule that matched an event. */
export interface Decision {
  match: Match;
  outcome: "alerted" | "deduplicated" | "silenced" | "suppressed";
  reason: DecisionReason;
  notificationId: string | null;
  /** The silence that kept it quiet. */
  silenceId: string | null;
}

/** A decision without what is the same for all. */
type Outcome = Pick<Decision, "outcome" | "reason" | "notificationId"> & Partial<Pick<Decision, "silenceId">>;

/** The dedup window of one group of one rule. */
export interface Group {
  ruleId: string;
  hash: Buffer;
  key: string;
  notificationId: string;
  windowEndsAt: Date;
}

/** The storm of a rule, if it has one: how many alerts it held back so far. */
export interface Gate {
  ruleId: string;
  stormId: string | null;
  suppressed: number;
  /** When the event came that began it. */
  openedAt: Date | null;
  /** How many alerts may still be raised for events that came before it; see {@link isOvertaken}. */
  room: number;
}

const noStorm = { stormId: null, suppressed: 0, openedAt: null, room: 0 } as const;

/** A gate that the batch changed. */
export interface ChangedGate extends Gate {
  stormId: string;
  openedAt: Date;
  /** The storm began in this batch. */
  isOpened: boolean;
  windowSeconds: number;
}

/** When trouble was last said to be over, and to be seen to, and by which events. */
export interface EndMarker {
  resolvedAt: Date | null;
  resolvedByEvent: string | null;
  acknowledgedAt: Date | null;
  acknowledgedByEvent: string | null;
}

/** What the gates know, read under lock, and what Redis counted. */
export interface GateState {
  groups: readonly Group[];
  gates: readonly Gate[];
  /** When a dedup key of a source was last resolved and acknowledged, by {@link markerId}. */
  markers: ReadonlyMap<string, EndMarker>;
  ranks: Ranks;
  stormDefaults: StormPolicy;
}

/** What the batch changes. */
export interface Verdict {
  decisions: Decision[];
  notifications: NewNotification[];
  groups: Group[];
  gates: ChangedGate[];
  /** How many more events were folded into notifications of earlier batches. */
  foldedInto: Map<string, number>;
}

export const groupId = (ruleId: string, hash: Buffer) => `${ruleId}:${hash.toString("hex")}`;
export const markerId = (source: string, dedupKey: string) => `${source}\0${dedupKey}`;

/**
 * Decides each match, in the order given, as if the events had come one by one: what one decides counts for those
 * behind it. Pure: all that it knows is in `state`, all that it wants is in the verdict.
 */
export function decide(matches: readonly Match[], state: GateState, makeId: () => string = newId): Verdict {
  const groups = new Map(state.groups.map((group) => [groupId(group.ruleId, group.hash), group]));
  const storms = new Map(state.gates.map((gate) => [gate.ruleId, gate]));
  const notifications = new Map<string, NewNotification>();
  const openedGroups = new Map<string, Group>();
  const changedGates = new Map<string, ChangedGate>();
  const foldedInto = new Map<string, number>();

  return {
    decisions: matches.map((match) => ({ match, silenceId: null, ...decideOne(match) })),
    notifications: [...notifications.values()],
    groups: [...openedGroups.values()],
    gates: [...changedGates.values()],
    foldedInto,
  };

  /** The gates in their order: the first that has something against an alert decides. */
  function decideOne(match: Match): Outcome {
    return (
      onlyWatch(match) ??
      keepQuiet(match) ??
      noteAsOver(match) ??
      foldIntoGroup(match) ??
      holdBack(match) ??
      alert(match, match.isOrphan ? "no_recipients" : "new_alert")
    );
  }

  function noteAsOver(match: Match): Outcome | null {
    const over = endedBefore(match, state);
    return over && alert(match, `${over}_before`, over);
  }

  function foldIntoGroup(match: Match): Outcome | null {
    const open = match.group && groups.get(groupId(match.rule.id, match.group.hash));
    if (!open || match.event.receivedAt >= open.windowEndsAt) return null;
    const { notificationId } = open;
    const own = notifications.get(notificationId);
    if (own) own.occurrences += 1;
    else foldedInto.set(notificationId, (foldedInto.get(notificationId) ?? 0) + 1);
    return { outcome: "deduplicated", reason: "group_open", notificationId };
  }

  function holdBack(match: Match): Outcome | null {
    const { rule, event } = match;
    const gate = storms.get(rule.id) ?? { ruleId: rule.id, ...noStorm };
    const { stormId } = gate;
    const policy = stormPolicyOf(rule, state.stormDefaults);
    const rank = state.ranks.get(rankKey(rule.id, event.id)) ?? 1;
    if (stormId === null && rank <= policy.limit) return null;
    if (gate.room > 0 && isOvertaken(match, gate, state)) {
      storms.set(rule.id, { ...gate, room: gate.room - 1 });
      return null;
    }
    const isOpened = stormId === null || changedGates.get(rule.id)?.isOpened === true;
    const changed = { ...holdOne(gate, event, makeId), isOpened, windowSeconds: policy.windowSeconds };
    storms.set(rule.id, changed);
    changedGates.set(rule.id, changed);
    if (stormId !== null) return { outcome: "suppressed", reason: "storm_open", notificationId: null };
    const { recipients, audience, escalateTo } = match;
    const whom = { recipients, audience, escalateTo };
    const notice = stormOpened({ ...policy, stormId: changed.stormId, rule, ...whom }, makeId());
    notifications.set(notice.id, notice);
    return { outcome: "suppressed", reason: "storm_opened", notificationId: notice.id };
  }

  function alert(match: Match, reason: DecisionReason, over: NewNotification["over"] = null): Outcome {
    const notification = alertOf(match, makeId(), over);
    notifications.set(notification.id, notification);
    if (over !== "resolved") openWindow(match, notification.id);
    return { outcome: "alerted", reason, notificationId: notification.id };
  }

  /** An event that was late never shortens the window of a later one. */
  function openWindow({ rule, event, group }: Match, notificationId: string): void {
    if (!group) return;
    const id = groupId(rule.id, group.hash);
    const windowEndsAt = new Date(event.receivedAt.getTime() + rule.dedupWindowSeconds * 1000);
    const known = groups.get(id);
    if (known && known.windowEndsAt > windowEndsAt) return;
    const opened = { ruleId: rule.id, ...group, notificationId, windowEndsAt };
    groups.set(id, opened);
    openedGroups.set(id, opened);
  }
}

/** The matches that would interrupt somebody, were there no storms: they are what a storm is made of. */
export function interruptingMatches(
  matches: readonly Match[],
  state: Omit<GateState, "gates" | "ranks">,
): Match[] {
  const { decisions } = decide(matches, { ...state, gates: [], ranks: new Map() });
  return decisions
    .filter(({ reason }) => reason === "new_alert" || reason === "no_recipients")
    .map(({ match }) => match);
}

/** The gate of a storm that holds back one more event, and begins with it where there is none. */
function holdOne(gate: Gate, { receivedAt }: PipelineEvent, makeId: () => string) {
  return {
    ...gate,
    stormId: gate.stormId ?? makeId(),
    openedAt: gate.openedAt ?? receivedAt,
    suppressed: gate.suppressed + 1,
  };
}

/** A shadow rule decides and records, and alerts nobody. */
function onlyWatch({ rule }: Match): Outcome | null {
  return rule.mode === "shadow" ? { outcome: "alerted", reason: "shadow", notificationId: null } : null;
}

/** A silence that holds. */
function keepQuiet({ silenceId }: Match): Outcome | null {
  if (silenceId === null) return null;
  return { outcome: "silenced", reason: "silenced", notificationId: null, silenceId };
}

/** Whether what an event is about was resolved or acknowledged after it came and before it was processed. */
function endedBefore({ event }: Match, state: GateState): "resolved" | "acknowledged" | null {
  if (event.dedupKey === null) return null;
  const marker = state.markers.get(markerId(event.source, event.dedupKey));
  if (!marker) return null;
  if (isAfter(marker.resolvedAt, marker.resolvedByEvent, event)) return "resolved";
  return isAfter(marker.acknowledgedAt, marker.acknowledgedByEvent, event) ? "acknowledged" : null;
}

/** Events of one request are received in the same millisecond: then their ids, which grow, tell their order. */
export function isAfter(
  receivedAt: Date | null,
  id: string | null,
  than: Pick<PipelineEvent, "receivedAt" | "id">,
): boolean {
  if (receivedAt === null || id === null) return false;
  const difference = receivedAt.getTime() - than.receivedAt.getTime();
  return difference > 0 || (difference === 0 && id > than.id);
}
