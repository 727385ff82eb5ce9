import { describe, expect, it } from "vitest";
import { hashOf } from "../events/hash.ts";
import { decide, type GateState, markerId } from "./decide.ts";
import type { Match } from "./match-events.ts";
import type { PipelineEvent } from "./load-events.ts";
import type { ActiveRule } from "./rule-book.ts";

const start = new Date("2026-01-01T00:00:00.000Z");
const after = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const nothing: GateState = { groups: [], resolvedAt: new Map() };

function rule(some: Partial<ActiveRule> = {}): ActiveRule {
  return {
    id: "rule",
    version: 1,
    title: [],
    message: [],
    dedupKey: null,
    action: null,
    sound: null,
    priority: 3,
    mode: "live",
    titleTemplate: "",
    messageTemplate: "",
    dedupKeyTemplate: null,
    dedupWindowSeconds: 60,
    targetRoleIds: [],
    recipients: ["ada"],
    ...some,
  } as unknown as ActiveRule;
}

function match(
  id: string,
  some: { seconds?: number; group?: string; rule?: Partial<ActiveRule>; dedupKey?: string } = {},
): Match {
  const event: PipelineEvent = {
    id,
    type: "transfer.failed",
    source: "payments",
    payload: {},
    action: "trigger",
    dedupKey: some.dedupKey ?? null,
    occurredAt: null,
    expiresAt: null,
    receivedAt: after(some.seconds ?? 0),
  };
  return {
    event,
    rule: rule(some.rule),
    group: some.group === undefined ? null : { key: some.group, hash: hashOf(some.group) },
    title: "",
    message: "",
    truncated: false,
    action: null,
    recipients: ["ada"],
    isOrphan: false,
  };
}

function counter(): () => string {
  let next = 0;
  return () => `n${(next += 1)}`;
}

const outcomes = (verdict: ReturnType<typeof decide>) => verdict.decisions.map(({ outcome }) => outcome);

describe("decide", () => {
  it("alerts for each event of a rule that does not deduplicate", () => {
    const verdict = decide([match("a"), match("b")], nothing, counter());
    expect(outcomes(verdict)).toEqual(["alerted", "alerted"]);
    expect(verdict.groups).toEqual([]);
  });

  it("folds an event into the alert that opened its group in the same batch", () => {
    const verdict = decide(
      [match("a", { group: "k" }), match("b", { group: "k", seconds: 59 })],
      nothing,
      counter(),
    );
    expect(outcomes(verdict)).toEqual(["alerted", "deduplicated"]);
    expect(verdict.alerts).toMatchObject([{ id: "n1", occurrences: 2 }]);
    expect(verdict.decisions[1]).toMatchObject({ reason: "group_open", notificationId: "n1" });
  });

  it("alerts again at the end of the window, which counts from the first event", () => {
    const matches = [0, 59.999, 60].map((seconds, index) => match(`e${index}`, { group: "k", seconds }));
    expect(outcomes(decide(matches, nothing, counter()))).toEqual(["alerted", "deduplicated", "alerted"]);
  });

  it("folds into an alert of an earlier batch without writing a new one", () => {
    const open = {
      ruleId: "rule",
      hash: hashOf("k"),
      key: "k",
      notificationId: "old",
      windowEndsAt: after(60),
    };
    const verdict = decide(
      [match("a", { group: "k" }), match("b", { group: "k" })],
      { ...nothing, groups: [open] },
      counter(),
    );
    expect(verdict.alerts).toEqual([]);
    expect(verdict.foldedInto).toEqual(new Map([["old", 2]]));
  });

  it("keeps the groups of two rules apart", () => {
    const matches = [match("a", { group: "k" }), match("a", { group: "k", rule: { id: "other" } })];
    expect(outcomes(decide(matches, nothing, counter()))).toEqual(["alerted", "alerted"]);
  });

  it("records what a shadow rule would do and alerts nobody", () => {
    const verdict = decide([match("a", { rule: { mode: "shadow" }, group: "k" })], nothing, counter());
    expect(verdict.decisions).toMatchObject([{ outcome: "alerted", reason: "shadow", notificationId: null }]);
    expect(verdict).toMatchObject({ alerts: [], groups: [] });
  });

  it("interrupts nobody for an event that was resolved before it was processed, and opens no window for it", () => {
    const state = { ...nothing, resolvedAt: new Map([[markerId("payments", "t1"), after(1)]]) };
    const verdict = decide([match("a", { dedupKey: "t1", group: "t1" })], state, counter());
    expect(verdict.alerts).toMatchObject([{ isResolved: true }]);
    expect(verdict.decisions).toMatchObject([{ outcome: "alerted", reason: "resolved_before" }]);
    expect(verdict.groups).toEqual([]);
  });

  it("alerts for an event that came after its key was resolved", () => {
    const state = { ...nothing, resolvedAt: new Map([[markerId("payments", "t1"), after(1)]]) };
    const verdict = decide([match("a", { dedupKey: "t1", seconds: 2 })], state, counter());
    expect(verdict.decisions).toMatchObject([{ reason: "new_alert" }]);
  });

  it("decides every match exactly once", () => {
    const matches = Array.from({ length: 50 }, (_, index) =>
      match(`e${index}`, { group: `k${index % 7}`, seconds: index }),
    );
    const verdict = decide(matches, nothing, counter());
    expect(verdict.decisions.map((decision) => decision.match)).toEqual(matches);
    const folded = verdict.alerts.reduce((sum, alert) => sum + alert.occurrences, 0);
    expect(folded).toBe(matches.length);
  });
});
