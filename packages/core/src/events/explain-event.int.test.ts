import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SendEventInput } from "@tocsin/contracts/api/events";
import { newId } from "@tocsin/db/ids";
import type { Context } from "../context.ts";
import { processBatch } from "../pipeline/process-batch.ts";
import { deleteRule } from "../rules/delete-rule.ts";
import { updateRule } from "../rules/update-rule.ts";
import { createSilence } from "../silences/create-silence.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { maximumEndedAlerts } from "@tocsin/contracts/api/event-explanations";
import { explainEvent } from "./explain-event.ts";
import { insertEvents } from "./insert-events.ts";
import { prepareEvent } from "./prepare-event.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let ctx: Context;
let userId: string;

const type = "transfer.failed";
const condition = `event.type == "${type}" && event.amount > 10`;

beforeAll(async () => {
  test = await createTestServices();
  const role = await givenRole(test.services.db, "Operator");
  userId = await givenUser(test.services.db, [role]);
  ctx = test.contextOf(actorOf(userId));
});

afterAll(() => test.close());

/** Each test has rules of its own: they ask for the test's own marker. */
function ruleFor(mark: string, some: object = {}) {
  return givenRule(ctx, {
    condition: `${condition} && event.mark == "${mark}"`,
    targetRoles: ["Operator"],
    ...some,
  });
}

async function sent(mark: string, some: Partial<SendEventInput> = {}, isProcessed = true): Promise<string> {
  const input = { type, source: "test", action: "trigger" as const, ...some };
  const event = prepareEvent({ ...input, payload: { mark, amount: 11, ...some.payload } }, null);
  await insertEvents(test.services.pool, [event]);
  if (isProcessed) await process(event.id);
  return event.id;
}

const process = (eventId: string) =>
  processBatch(test.pipeline, [{ kind: "stored", streamId: "1-1", eventId }]);

async function explained(id: string, ruleId: string) {
  const { rules } = await explainEvent(ctx, { id, ruleId });
  expect(rules).toHaveLength(1);
  return rules[0];
}

describe("a rule that matched", () => {
  it("alerted: every part of the condition, every gate, the notification", async () => {
    const rule = await ruleFor("alert");
    const id = await sent("alert");
    const explanation = await explained(id, rule.id);
    expect(explanation).toMatchObject({
      name: "A rule",
      version: 1,
      mode: "live",
      outcome: "alerted",
      reason: "new_alert",
      explanation: "It matched and raised an alert.",
      missingFields: [],
      notificationId: expect.any(String),
      decidedAt: expect.any(String),
      gates: [
        { gate: "silence", verdict: "passed" },
        { gate: "dedup", verdict: "passed" },
        { gate: "storm", verdict: "passed" },
      ],
    });
    expect(explanation?.condition).toMatchObject({
      kind: "and",
      truth: "true",
      parts: [
        { source: `event.type == "${type}"`, truth: "true", parts: [{ value: type }, { value: type }] },
        { source: "event.amount > 10", truth: "true", column: 36, parts: [{ value: 11 }, { value: 10 }] },
        { truth: "true" },
      ],
    });
  });

  it("was folded into an open alert: dedup stopped it, and the alert is named", async () => {
    const rule = await ruleFor("dedup", { dedupWindowSeconds: 60 });
    const first = await explained(await sent("dedup", { dedupKey: "k" }), rule.id);
    expect(await explained(await sent("dedup", { dedupKey: "k" }), rule.id)).toMatchObject({
      outcome: "deduplicated",
      reason: "group_open",
      notificationId: first?.notificationId,
      gates: [{ verdict: "passed" }, { verdict: "stopped" }, { verdict: "not_reached" }],
    });
  });

  it("was held back in a storm: the storm gate stopped it", async () => {
    const rule = await ruleFor("storm", { stormLimit: 1, stormWindowSeconds: 60 });
    await sent("storm");
    const gates = [{ verdict: "passed" }, { verdict: "passed" }, { verdict: "stopped" }];
    expect(await explained(await sent("storm"), rule.id)).toMatchObject({
      outcome: "suppressed",
      reason: "storm_opened",
      gates,
    });
    expect(await explained(await sent("storm"), rule.id)).toMatchObject({ reason: "storm_open", gates });
  });

  it("was silenced: nothing behind the silence was reached, and the silence is named", async () => {
    const rule = await ruleFor("silence");
    const silence = await createSilence(ctx, {
      condition: 'event.mark == "silence"',
      startsAt: new Date(Date.now() - 60_000).toISOString(),
      endsAt: new Date(Date.now() + 600_000).toISOString(),
      weekly: null,
      comment: "",
    });
    expect(await explained(await sent("silence"), rule.id)).toMatchObject({
      outcome: "silenced",
      reason: "silenced",
      silenceId: silence.id,
      notificationId: null,
      gates: [{ verdict: "stopped" }, { verdict: "not_reached" }, { verdict: "not_reached" }],
    });
  });

  it.each([
    ["resolved", "resolve"],
    ["acknowledged", "acknowledge"],
  ] as const)(
    "but was %s before it was processed was neither folded nor held back: no gate behind the silence was reached",
    async (end, action) => {
      const rule = await ruleFor(end, { dedupWindowSeconds: 60, stormLimit: 1, stormWindowSeconds: 60 });
      await sent(end, { dedupKey: end });
      const id = await sent(end, { dedupKey: end }, false);
      await sent(end, { dedupKey: end, action });
      await process(id);
      expect(await explained(id, rule.id)).toMatchObject({
        outcome: "alerted",
        reason: `${end}_before`,
        notificationId: expect.any(String),
        gates: [
          { gate: "silence", verdict: "passed" },
          { gate: "dedup", verdict: "not_reached" },
          { gate: "storm", verdict: "not_reached" },
        ],
      });
    },
  );

  it("for a reason that this process does not know is told as the log has it", async () => {
    const rule = await ruleFor("reason");
    const id = await sent("reason");
    await test.services.db.decisionLog.update({
      where: { eventId_ruleId: { eventId: id, ruleId: rule.id } },
      data: { outcome: "suppressed", reason: "some_reason" },
    });
    expect(await explained(id, rule.id)).toMatchObject({
      explanation: "It matched, but was held back (some_reason).",
      gates: [{ verdict: "passed" }, { verdict: "passed" }, { verdict: "stopped" }],
    });
  });

  it("is a shadow rule: it would have alerted, and nobody was", async () => {
    const rule = await ruleFor("shadow", { mode: "shadow" });
    expect(await explained(await sent("shadow"), rule.id)).toMatchObject({
      outcome: "shadow",
      mode: "shadow",
      gates: [],
      notificationId: null,
    });
  });

  it("is explained by the version that decided, however it was changed since", async () => {
    const rule = await ruleFor("version");
    const id = await sent("version");
    await updateRule(ctx, { id: rule.id, name: "Renamed", condition: "event.amount > 1000" });
    await deleteRule(ctx, { id: rule.id });
    expect(await explained(id, rule.id)).toMatchObject({
      name: "A rule",
      version: 1,
      condition: { truth: "true" },
    });
  });
});

describe("a rule that did not match", () => {
  it("says which part was false", async () => {
    const rule = await ruleFor("low");
    expect(await explained(await sent("low", { payload: { amount: 9 } }), rule.id)).toMatchObject({
      version: 1,
      outcome: "not_matched",
      reason: "condition_false",
      explanation: "It is false: event.amount > 10 is false",
      condition: { truth: "false", parts: [{ truth: "true" }, { truth: "false" }, { truth: "true" }] },
      gates: [],
      notificationId: null,
    });
  });

  it("says which field is missing", async () => {
    const rule = await ruleFor("missing");
    const id = await sent("missing", { payload: { amount: null } });
    expect(await explained(id, rule.id)).toMatchObject({
      outcome: "not_matched",
      reason: "field_missing",
      explanation: "It is unknown: event.amount > 10 is unknown, because event.amount is missing",
      missingFields: ["event.amount"],
    });
  });

  it("says so where nothing is missing, but the types do not fit", async () => {
    const rule = await ruleFor("type");
    expect(await explained(await sent("type", { payload: { amount: "11" } }), rule.id)).toMatchObject({
      reason: "condition_unknown",
      missingFields: [],
    });
  });

  it("is explained by the version in force when the event was processed, not by today's", async () => {
    const rule = await ruleFor("then");
    const id = await sent("then", { payload: { amount: 9 } });
    await test.services.pool.query(
      "UPDATE event SET processedAt = processedAt - INTERVAL 1 SECOND WHERE id = ?",
      [id],
    );
    await test.services.pool.query(
      "UPDATE rule_version SET createdAt = createdAt - INTERVAL 1 HOUR WHERE ruleId = ?",
      [rule.id],
    );
    await updateRule(ctx, { id: rule.id, condition: 'event.mark == "then"' });
    expect(await explained(id, rule.id)).toMatchObject({ version: 1, reason: "condition_false" });
  });

  it.each([
    ["switched off", { active: false }, "inactive"],
    ["changed while the event was processed", {}, "changed_meanwhile"],
  ])("was %s", async (_name, some, reason) => {
    const mark = newId();
    const rule = await ruleFor(mark, some);
    const id = await sent(mark);
    await test.services.db.decisionLog.deleteMany({ where: { eventId: id } });
    expect(await explained(id, rule.id)).toMatchObject({ reason });
  });

  it("was not there yet, or not any more", async () => {
    const id = await sent("absent");
    const rule = await ruleFor("absent");
    await test.services.pool.query(
      "UPDATE event SET processedAt = processedAt - INTERVAL 1 HOUR WHERE id = ?",
      [id],
    );
    expect(await explained(id, rule.id)).toMatchObject({
      outcome: "not_in_force",
      reason: "not_created",
      version: null,
      condition: null,
    });
    await deleteRule(ctx, { id: rule.id });
    expect(await explained(await sent("absent"), rule.id)).toMatchObject({
      outcome: "not_in_force",
      reason: "deleted",
    });
  });

  it("was not asked: the event is no trigger, or not processed yet", async () => {
    const rule = await ruleFor("unasked");
    expect(
      await explained(await sent("unasked", { action: "resolve", dedupKey: "u" }), rule.id),
    ).toMatchObject({
      outcome: "not_a_trigger",
      reason: "resolve",
    });
    expect(await explained(await sent("unasked", {}, false), rule.id)).toMatchObject({
      outcome: "not_processed",
      reason: "received",
    });
  });
});

describe("a resolve event", () => {
  const ended = async (id: string, ruleId?: string) => {
    const { ended: alerts, moreEnded } = await explainEvent(ctx, {
      id,
      ...(ruleId !== undefined && { ruleId }),
    });
    return { alerts: alerts.toSorted((a, b) => (a.notificationId < b.notificationId ? -1 : 1)), moreEnded };
  };
  const alertsOf = async (dedupKey: string) => {
    const alerts = await test.services.db.notification.findMany({
      where: { kind: "alert", event: { dedupKey } },
      orderBy: { id: "asc" },
    });
    return alerts.map(({ id, ruleId }) => ({ notificationId: id, ruleId }));
  };

  it("names the alerts that it ended, or those of one rule, and no others", async () => {
    const [one] = [await ruleFor("ends"), await ruleFor("ends")];
    const trigger = await sent("ends", { dedupKey: "ends" });
    await sent("ends", { dedupKey: "another" });
    const alerts = await alertsOf("ends");
    expect(alerts).toHaveLength(2);
    const id = await sent("ends", { dedupKey: "ends", action: "resolve" });
    expect(await ended(id)).toEqual({ alerts, moreEnded: 0 });
    expect(await ended(id, one.id)).toEqual({
      alerts: alerts.filter(({ ruleId }) => ruleId === one.id),
      moreEnded: 0,
    });
    expect(await ended(trigger)).toEqual({ alerts: [], moreEnded: 0 });
    const again = await sent("ends", { dedupKey: "ends", action: "resolve" });
    expect(await ended(again)).toEqual({ alerts: [], moreEnded: 0 });
  });

  it("names at most 100 of them, and says how many there are more", async () => {
    await ruleFor("crowd", { stormLimit: 1000 });
    for (let count = 0; count <= maximumEndedAlerts; count += 1) await sent("crowd", { dedupKey: "crowd" });
    const id = await sent("crowd", { dedupKey: "crowd", action: "resolve" });
    const { alerts, moreEnded } = await ended(id);
    expect({ shown: alerts.length, moreEnded }).toEqual({ shown: maximumEndedAlerts, moreEnded: 1 });
    expect(await alertsOf("crowd")).toEqual(expect.arrayContaining(alerts));
  });

  it("that only acknowledges names none: it is stored nowhere", async () => {
    await ruleFor("seen");
    await sent("seen", { dedupKey: "seen" });
    const id = await sent("seen", { dedupKey: "seen", action: "acknowledge" });
    expect(await ended(id)).toEqual({ alerts: [], moreEnded: 0 });
  });
});

describe("an event", () => {
  it("without a rule shows those that matched, at most 20, and says how many there are more", async () => {
    const rules = await Promise.all(Array.from({ length: 21 }, () => ruleFor("many")));
    await ruleFor("others");
    const id = await sent("many");
    const { rules: shown, more } = await explainEvent(ctx, { id });
    expect(shown.map(({ ruleId }) => ruleId)).toEqual(
      rules
        .map((rule) => rule.id)
        .toSorted()
        .slice(0, 20),
    );
    expect(more).toBe(1);
  });

  it("that nothing matched explains no rule", async () => {
    expect(await explainEvent(ctx, { id: await sent("nothing") })).toMatchObject({ rules: [], more: 0 });
  });

  it("shows the rules that nearly matched, nearest first, at most 5, by the version of the time", async () => {
    const parts = ["type", "mark", "amount"];
    const near = (text: string) => givenRule(ctx, { condition: text, targetRoles: ["Operator"] });
    const base = `event.type == "near" && event.mark == "near"`;
    const farther = await near(`${base} && event.amount > 20 && event.b == 1`);
    const nearest = await Promise.all(parts.map(() => near(`${base} && event.amount > 20`)));
    const changed = await near(`${base} && event.amount > 1000`);
    await near(`event.type == "far" && event.other == 1`);
    const id = await sent("near", { type: "near", payload: { amount: 11 } });
    const later = await near(`${base} && event.amount > 12`);
    await test.services.pool.query(
      "UPDATE rule_version SET createdAt = createdAt + INTERVAL 1 HOUR WHERE ruleId = ?",
      [later.id],
    );
    await test.services.pool.query(
      "UPDATE rule_version SET createdAt = createdAt - INTERVAL 1 HOUR WHERE ruleId = ?",
      [changed.id],
    );
    await updateRule(ctx, { id: changed.id, condition: `${base} && event.amount > 13` });
    const { rules, nearMisses } = await explainEvent(ctx, { id });
    expect(rules).toEqual([]);
    const shown = nearMisses.map(({ ruleId }) => ruleId);
    expect(shown).toEqual([...[...nearest, changed].map((rule) => rule.id).toSorted()]);
    expect(shown).not.toContain(farther.id);
    expect(nearMisses.find(({ ruleId }) => ruleId === changed.id)).toMatchObject({
      version: 1,
      explanation: "It is false: event.amount > 1000 is false",
    });
    expect((await explainEvent(ctx, { id, ruleId: changed.id })).nearMisses).toEqual([]);
  });

  it("long values are cut: a part never carries more than 1,000 characters", async () => {
    const rule = await ruleFor("long", {
      condition: 'event.mark == "long" && exists(event.payload) && event.text != "x"',
    });
    const id = await sent("long", { payload: { text: "a".repeat(1001), more: "b".repeat(1000) } });
    const { condition: shown } = (await explained(id, rule.id)) ?? {};
    const values = [shown?.parts[1]?.parts[0]?.value, shown?.parts[2]?.parts[0]?.value];
    expect(values.map((value) => [String(value).length, String(value).at(-1)])).toEqual([
      [1000, "…"],
      [1000, "…"],
    ]);
  });

  it("or rule that is not there is not found, and who may not read rules is not told", async () => {
    const id = await sent("known");
    await expect(explainEvent(ctx, { id: newId() })).rejects.toMatchObject({ code: "EVENT_NOT_FOUND" });
    await expect(explainEvent(ctx, { id, ruleId: newId() })).rejects.toMatchObject({
      code: "RULE_NOT_FOUND",
    });
    const reader = test.contextOf(actorOf(userId, ["events:read"]));
    await expect(explainEvent(reader, { id })).rejects.toMatchObject({ code: "UNAUTHORIZED_ROLE" });
  });
});
