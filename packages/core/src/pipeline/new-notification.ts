import type { RuleAction } from "@tocsin/contracts/api/rules";
import { type Hash, hashOf } from "../events/hash.ts";
import type { Audience } from "./audience.ts";
import type { Match } from "./match-events.ts";
import type { StoredRule } from "./rule-book.ts";

/** A notification to be written, with the people who get it. */
export interface NewNotification extends Audience {
  id: string;
  kind: "alert" | "storm" | "digest" | "resolved" | "drill";
  /** What it answers to; there is never a second one with the same. */
  sourceKey: string;
  ruleId: string | null;
  ruleVersion: number;
  eventId: string | null;
  title: string;
  message: string;
  truncated: boolean;
  sound: string | null;
  action: RuleAction | null;
  priority: number;
  occurrences: number;
  recipients: readonly string[];
  expiresAt: Date | null;
  /** Who resolves or acknowledges finds it by this: the hash of its event's source and dedup key. */
  dedupHash: Hash | null;
  /** It is put into the inbox, but nobody is interrupted: the trouble is over, or seen to, already. */
  over: "resolved" | "acknowledged" | null;
  ackPolicy: "any" | "all";
  /** How long to wait for an acknowledgement before it is repeated and escalated; null: for ever. Seconds. */
  ackTimeoutSeconds: number | null;
}

/** What every notification of a rule takes from it. */
type RuleFacts = Pick<StoredRule, "id" | "version" | "sound" | "priority" | "ackPolicy">;

/** The alert of a match. */
export function alertOf(match: Match, id: string, over: NewNotification["over"]): NewNotification {
  const { event, rule, title, message, truncated, action, recipients, audience, escalateTo } = match;
  return {
    ...commonOf(rule),
    id,
    kind: "alert",
    sourceKey: `alert:${rule.id}:${event.id}`,
    eventId: event.id,
    title,
    message,
    truncated,
    action,
    ...{ recipients, audience, escalateTo },
    expiresAt: event.expiresAt,
    occurrences: 1,
    dedupHash: event.dedupKey === null ? null : hashOf(event.source, event.dedupKey),
    over,
    ackTimeoutSeconds: rule.ackTimeoutSeconds,
  };
}

/** What is known of a storm where a notification tells of it. */
export interface StormFacts extends Audience {
  stormId: string;
  rule: RuleFacts & Pick<StoredRule, "name" | "stormMode" | "ackTimeoutSeconds">;
  recipients: readonly string[];
  limit: number;
  windowSeconds: number;
}

/** The source key of what tells that a storm has begun. */
export function stormBegun(stormId: string): string {
  return `storm:${stormId}:opened`;
}

/** Tells that a storm has begun: from here on its alerts are counted instead of sent. */
export function stormOpened(storm: StormFacts, id: string): NewNotification {
  const { rule, limit, windowSeconds } = storm;
  const further =
    rule.stormMode === "digest"
      ? `Further ones are summed up every ${windowSeconds} s.`
      : "Further ones are counted until it is over.";
  return {
    ...noticeOf(storm, id),
    ackTimeoutSeconds: rule.ackTimeoutSeconds,
    kind: "storm",
    sourceKey: stormBegun(storm.stormId),
    title: `Alert storm: ${rule.name}`,
    message: `More than ${limit} alerts within ${windowSeconds} s. ${further}`,
    occurrences: 1,
  };
}

/** Sums up what a storm held back since the digest before. */
export function stormDigest(storm: StormFacts, id: string, digestNo: number, count: number): NewNotification {
  return {
    ...noticeOf(storm, id),
    kind: "digest",
    sourceKey: `digest:${storm.stormId}:${digestNo}`,
    title: `${count} more: ${storm.rule.name}`,
    message: `${count} alerts were held back since the last summary. The storm goes on.`,
    occurrences: count,
  };
}

/** Tells that a storm is over: alerts are sent one by one again. */
export function stormClosed(storm: StormFacts, id: string, total: number): NewNotification {
  return {
    ...noticeOf(storm, id),
    kind: "storm",
    sourceKey: `storm:${storm.stormId}:closed`,
    title: `Alert storm over: ${storm.rule.name}`,
    message: `${total} alerts were held back in all. From now on each one is sent again.`,
    occurrences: 1,
  };
}

function noticeOf({ rule, recipients, audience, escalateTo }: StormFacts, id: string) {
  return {
    ...commonOf(rule),
    id,
    eventId: null,
    truncated: false,
    action: null,
    ...{ recipients, audience, escalateTo },
    expiresAt: null,
    dedupHash: null,
    over: null,
    ackTimeoutSeconds: null,
  };
}

function commonOf(rule: RuleFacts) {
  return {
    ruleId: rule.id,
    ruleVersion: rule.version,
    sound: rule.sound,
    priority: rule.priority,
    ackPolicy: rule.ackPolicy,
  };
}
