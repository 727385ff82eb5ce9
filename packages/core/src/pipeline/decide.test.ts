import { describe, expect, it } from "vitest";
import { hashOf } from "../events/hash.ts";
import { anyone } from "./audience.ts";
import { decide, type Gate, type GateState, markerId } from "./decide.ts";
import { rankKey } from "./rank-in-window.ts";
import type { Match } from "./match-events.ts";
import type { PipelineEvent } from "./load-events.ts";
import type { ActiveRule } from "./rule-book.ts";

const start = new Date("2026-01-01T00:00:00.000Z");
const after = (seconds: number) => new Date(start.getTime() + seconds * 1000);
const nothing: GateState = {
  groups: [],
  gates: [],
  markers: new Map(),
  ranks: new Map(),
  stormDefaults: { limit: 3, windowSeconds: 60 },
};

function rule(some: Partial<ActiveRule> = {}): ActiveRule {
  return {
    id: "rule",
    name: "A rule",
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
    stormLimit: null,
    stormWindowSeconds: null,
    stormMode: "digest",
    ackPolicy: "any",
    ackTimeoutSeconds: null,
    targetRoleIds: [],
    escalationRoleIds: [],
    recipients: ["ada"],
    ...some,
  } as unknown as ActiveRule;
}

function match(
  id: string,
  some: {
    seconds?: number;
    group?: string;
    rule?: Partial<ActiveRule>;
    dedupKey?: string;
    silenceId?: string;
  } = {},
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
    correlationId: null,
  };
  return {
    event,
    rule: rule(some.rule),
    silenceId: some.silenceId ?? null,
    group: some.group === undefined ? null : { key: some.group, hash: hashOf(some.group) },
    title: "",
    message: "",
    truncated: false,
    action: null,
    recipients: ["ada"],
    isOrphan: false,
    ...anyone,
  };
}

function counter(): () => string {
  let next = 0;
  return () => `n${(next += 1)}`;
}

/** The trouble t1 was resolved at the first second by an event of this id. */
function resolvedBy(id: string): GateState {
  const marker = {
    resolvedAt: after(1),
    resolvedByEvent: id,
    acknowledgedAt: null,
    acknowledgedByEvent: null,
  };
  return { ...nothing, markers: new Map([[markerId("payments", "t1"), marker]]) };
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
    expect(verdict.notifications).toMatchObject([{ id: "n1", occurrences: 2 }]);
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
    expect(verdict.notifications).toEqual([]);
    expect(verdict.foldedInto).toEqual(new Map([["old", 2]]));
  });

  it("keeps the groups of two rules apart", () => {
    const matches = [match("a", { group: "k" }), match("a", { group: "k", rule: { id: "other" } })];
    expect(outcomes(decide(matches, nothing, counter()))).toEqual(["alerted", "alerted"]);
  });

  it("records what a shadow rule would do and alerts nobody", () => {
    const verdict = decide([match("a", { rule: { mode: "shadow" }, group: "k" })], nothing, counter());
    expect(verdict.decisions).toMatchObject([{ outcome: "alerted", reason: "shadow", notificationId: null }]);
    expect(verdict).toMatchObject({ notifications: [], groups: [] });
  });

  it("interrupts nobody for an event that was resolved before it was processed, and opens no window for it", () => {
    const state = resolvedBy("r");
    const verdict = decide([match("a", { dedupKey: "t1", group: "t1" })], state, counter());
    expect(verdict.notifications).toMatchObject([{ over: "resolved" }]);
    expect(verdict.decisions).toMatchObject([{ outcome: "alerted", reason: "resolved_before" }]);
    expect(verdict.groups).toEqual([]);
  });

  it("alerts for an event that came after its key was resolved", () => {
    const state = resolvedBy("r");
    const verdict = decide([match("a", { dedupKey: "t1", seconds: 2 })], state, counter());
    expect(verdict.decisions).toMatchObject([{ reason: "new_alert" }]);
  });

  it.each([
    ["before", "a", "resolved_before"],
    ["after", "z", "new_alert"],
  ])("of two events of one millisecond takes the one with the smaller id as %s", (_order, id, reason) => {
    const verdict = decide([match(id, { dedupKey: "t1", seconds: 1 })], resolvedBy("r"), counter());
    expect(verdict.decisions).toMatchObject([{ reason }]);
  });

  it("interrupts nobody for an event that was acknowledged before it was processed", () => {
    const marker = {
      resolvedAt: null,
      resolvedByEvent: null,
      acknowledgedAt: after(1),
      acknowledgedByEvent: "k",
    };
    const state = { ...nothing, markers: new Map([[markerId("payments", "t1"), marker]]) };
    const verdict = decide([match("a", { dedupKey: "t1", group: "t1" })], state, counter());
    expect(verdict.notifications).toMatchObject([{ over: "acknowledged" }]);
    expect(verdict.decisions).toMatchObject([{ reason: "acknowledged_before" }]);
  });

  it("keeps quiet under a silence, which comes before every other gate and opens no window", () => {
    const quiet = match("a", { group: "k", silenceId: "s1" });
    const verdict = decide([quiet, match("b", { group: "k" })], nothing, counter());
    expect(verdict.decisions).toMatchObject([
      { outcome: "silenced", reason: "silenced", silenceId: "s1", notificationId: null },
      { outcome: "alerted", silenceId: null },
    ]);
    expect(verdict.notifications).toHaveLength(1);
  });

  it("decides every match exactly once", () => {
    const matches = Array.from({ length: 50 }, (_, index) =>
      match(`e${index}`, { group: `k${index % 7}`, seconds: index }),
    );
    const verdict = decide(matches, nothing, counter());
    expect(verdict.decisions.map((decision) => decision.match)).toEqual(matches);
    const folded = verdict.notifications.reduce((sum, alert) => sum + alert.occurrences, 0);
    expect(folded).toBe(matches.length);
  });

  describe("in a storm", () => {
    /** Matches whose places within the window are 1, 2, 3, … */
    function ranked(count: number, some: Partial<ActiveRule> = {}) {
      const matches = Array.from({ length: count }, (_, index) =>
        match(`e${index}`, { seconds: index, rule: some }),
      );
      const ranks = new Map(
        matches.map(({ rule: { id }, event }, index) => [rankKey(id, event.id), index + 1]),
      );
      return { matches, state: { ...nothing, ranks } };
    }

    /** A storm that began with an event two seconds after the start. */
    const open = (room = 0): Gate => ({
      ...{ ruleId: "rule", stormId: "s", suppressed: 7, openedAt: after(2), room },
    });

    it("lets through what came before it and was within the limit, as many as there is room for", () => {
      const { matches, state } = ranked(5);
      const verdict = decide(matches, { ...state, gates: [open(2)] }, counter());
      expect(verdict.decisions.map(({ reason }) => reason)).toEqual([
        ...["new_alert", "new_alert"],
        ...["storm_open", "storm_open", "storm_open"],
      ]);
      expect(verdict.gates).toMatchObject([{ stormId: "s", suppressed: 10, isOpened: false }]);
    });

    it("holds back what came after it, however much room there is, and what was beyond the limit", () => {
      const { matches, state } = ranked(5);
      const late = matches.map((one) => ({ ...one, event: { ...one.event, receivedAt: after(2.001) } }));
      const verdict = decide(late, { ...state, gates: [open(5)] }, counter());
      expect(new Set(outcomes(verdict))).toEqual(new Set(["suppressed"]));
      const beyond = decide(matches.slice(3), { ...state, gates: [open(5)] }, counter());
      expect(outcomes(beyond)).toEqual(["suppressed", "suppressed"]);
    });

    it("alerts up to the limit, then tells once that a storm has begun and holds back the rest", () => {
      const { matches, state } = ranked(6);
      const verdict = decide(matches, state, counter());
      expect(verdict.decisions.map(({ reason }) => reason)).toEqual([
        "new_alert",
        "new_alert",
        "new_alert",
        "storm_opened",
        "storm_open",
        "storm_open",
      ]);
      expect(verdict.notifications.map(({ kind }) => kind)).toEqual(["alert", "alert", "alert", "storm"]);
      expect(verdict.gates).toMatchObject([
        { ruleId: "rule", suppressed: 3, isOpened: true, windowSeconds: 60 },
      ]);
    });

    it("goes by the rule's own limit where it has one", () => {
      const { matches, state } = ranked(6, { stormLimit: 5, stormWindowSeconds: 10 });
      const verdict = decide(matches, state, counter());
      expect(outcomes(verdict).filter((outcome) => outcome === "alerted")).toHaveLength(5);
      expect(verdict.gates).toMatchObject([{ suppressed: 1, windowSeconds: 10 }]);
    });

    it("that is open already counts on and tells nobody, whatever Redis counted", () => {
      const gates = [open()];
      const verdict = decide([match("a"), match("b")], { ...nothing, gates }, counter());
      expect(outcomes(verdict)).toEqual(["suppressed", "suppressed"]);
      expect(verdict.notifications).toEqual([]);
      expect(verdict.gates).toMatchObject([{ stormId: "s", suppressed: 9, isOpened: false }]);
    });

    it("still folds events into the groups that are open", () => {
      const group = {
        ruleId: "rule",
        hash: hashOf("k"),
        key: "k",
        notificationId: "old",
        windowEndsAt: after(60),
      };
      const gates = [open()];
      const verdict = decide([match("a", { group: "k" })], { ...nothing, gates, groups: [group] }, counter());
      expect(outcomes(verdict)).toEqual(["deduplicated"]);
      expect(verdict.gates).toEqual([]);
    });

    it("of one rule holds back no other rule's alerts", () => {
      const gates = [open()];
      const verdict = decide(
        [match("a"), match("a", { rule: { id: "other" } })],
        { ...nothing, gates },
        counter(),
      );
      expect(outcomes(verdict)).toEqual(["suppressed", "alerted"]);
    });

    it("is never assumed where Redis counted nothing", () => {
      const { matches } = ranked(50);
      expect(new Set(outcomes(decide(matches, nothing, counter())))).toEqual(new Set(["alerted"]));
    });
  });
});
