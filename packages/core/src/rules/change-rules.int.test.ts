import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { updateRuleInputSchema } from "@tocsin/contracts/api/rules";
import { newId } from "@tocsin/db/ids";
import type { Context } from "../context.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { deleteRule } from "./delete-rule.ts";
import { getRule } from "./get-rule.ts";
import { listRuleVersions } from "./list-rule-versions.ts";
import { rollbackRule } from "./rollback-rule.ts";
import { updateRule } from "./update-rule.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let ctx: Context;

const condition = 'event.type == "transfer.failed" && event.amount > 1000';
const rule = (some: object = {}) => givenRule(ctx, { condition, targetRoles: ["Operator"], ...some });
const change = (id: string, some: object) => updateRule(ctx, updateRuleInputSchema.parse({ id, ...some }));
const versionsOf = async (id: string) => (await listRuleVersions(ctx, { id, page: 1, limit: 20 })).items;
const audited = (id: string) =>
  test.services.db.auditLog.findMany({ where: { resourceId: id }, orderBy: { id: "asc" } });
const rulesVersion = async () =>
  (await test.services.db.dataVersion.findUnique({ where: { name: "rules" } }))?.value ?? 0n;

const largeFires = {
  name: "A large transfer alerts",
  event: { type: "transfer.failed", payload: { amount: 25_000 } },
  expected: "fires",
};

beforeAll(async () => {
  test = await createTestServices();
  const { db } = test.services;
  const role = await givenRole(db, "Operator");
  await givenRole(db, "Auditor");
  ctx = test.contextOf(actorOf(await givenUser(db, [role], "author@example.com")));
});

afterAll(() => test.close());

describe("changing a rule", () => {
  it("keeps what is not said, makes the next version, is audited with before and after, and tells the workers", async () => {
    const before = await rule({ priority: 1, description: "Kept" });
    const known = await rulesVersion();
    const after = await change(before.id, { name: "Renamed", targetRoles: ["Auditor"] });
    expect(after).toEqual({
      ...before,
      name: "Renamed",
      targetRoles: ["Auditor"],
      version: 2,
      updatedAt: expect.any(String),
    });
    expect(await getRule(ctx, { id: before.id })).toEqual(after);
    expect(await rulesVersion()).toBe(known + 1n);
    expect((await audited(before.id)).map(({ action }) => action)).toEqual(["rule.created", "rule.updated"]);
    expect((await audited(before.id))[1]).toMatchObject({ before, after });
  });

  it("to what it is already changes nothing: no version, no audit, no work for the workers", async () => {
    const before = await rule({ targetRoles: ["Operator", "Auditor"], tests: [largeFires] });
    const known = await rulesVersion();
    const same = await change(before.id, { name: before.name, targetRoles: ["Operator", "Auditor"] });
    expect(same).toEqual(before);
    expect(await rulesVersion()).toBe(known);
    expect(await audited(before.id)).toHaveLength(1);
  });

  it("is refused where somebody else was faster, and only then", async () => {
    const { id } = await rule();
    await change(id, { expectedVersion: 1, priority: 2 });
    await expect(change(id, { expectedVersion: 1, priority: 5 })).rejects.toMatchObject({
      code: "RULE_CHANGED",
      message: "The rule is at version 2 by now, not 1",
    });
    await expect(deleteRule(ctx, { id, expectedVersion: 1 })).rejects.toMatchObject({ code: "RULE_CHANGED" });
    expect(await getRule(ctx, { id })).toMatchObject({ priority: 2, version: 2 });
  });

  it("waits for a thread without keeping anybody else from the rule", async () => {
    const { id } = await rule({ tests: [largeFires] });
    const { threads } = test.services;
    const thread = Promise.withResolvers<undefined>();
    const started = Promise.withResolvers<undefined>();
    const busy: Context = {
      ...ctx,
      threads: {
        ...threads,
        async run(...task) {
          started.resolve(undefined);
          await thread.promise;
          return threads.run(...task);
        },
      },
    };
    const waiting = updateRule(busy, { id, priority: 1 });
    await started.promise;
    // Would wait for the one above, which waits for this.
    expect(await change(id, { description: "Came first" })).toMatchObject({ version: 2 });
    thread.resolve(undefined);
    expect(await waiting).toMatchObject({ version: 3, priority: 1, description: "Came first" });
  });

  it("by many at once loses none of the changes, and with expectedVersion exactly one wins", async () => {
    const { id } = await rule();
    const fields = [
      { name: "n" },
      { description: "d" },
      { priority: 5 },
      { sound: "bell.mp3" },
      { stormLimit: 7 },
    ];
    await Promise.all(fields.map((some) => change(id, some)));
    expect(await getRule(ctx, { id })).toMatchObject({ ...Object.assign({}, ...fields), version: 6 });
    const race = await Promise.allSettled(
      [1, 2, 3, 4].map((priority) => change(id, { expectedVersion: 6, priority })),
    );
    expect(race.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect((await versionsOf(id)).map(({ version }) => version)).toEqual([7, 6, 5, 4, 3, 2, 1]);
  });

  it.each([
    [{ condition: "event.amount >" }, "INVALID_CONDITION", "/condition"],
    [{ title: "{{ event.amount" }, "INVALID_TEMPLATE", "/title"],
    [{ targetRoles: ["Operator", "Nobody"] }, "UNKNOWN_ROLE", "/targetRoles/1"],
    [{ condition: 'event.type == "other"' }, "RULE_TESTS_FAILED", "/tests/0"],
  ])("to %o is refused with %s at %s, and nothing changes", async (some, code, pointer) => {
    const before = await rule({ tests: [largeFires] });
    await expect(change(before.id, some)).rejects.toMatchObject({ code, errors: [{ pointer }] });
    expect(await getRule(ctx, { id: before.id })).toEqual(before);
    expect(await versionsOf(before.id)).toHaveLength(1);
  });

  it("is not possible where there is none, or it is deleted", async () => {
    const { id } = await rule();
    await deleteRule(ctx, { id });
    for (const gone of [id, newId()]) {
      await expect(change(gone, { name: "x" })).rejects.toMatchObject({ code: "RULE_NOT_FOUND" });
      await expect(deleteRule(ctx, { id: gone })).rejects.toMatchObject({ code: "RULE_NOT_FOUND" });
    }
  });
});

describe("a rule whose tests fail", () => {
  const failing = { ...largeFires, event: { type: "transfer.failed", payload: {} } };

  it("is not created, and each failed test is told with what came instead", async () => {
    const count = await test.services.db.rule.count();
    await expect(rule({ tests: [largeFires, { ...failing, name: "No amount" }] })).rejects.toMatchObject({
      code: "RULE_TESTS_FAILED",
      errors: [
        {
          pointer: "/tests/1",
          message:
            "“No amount” should fire, but does not: It is unknown: event.amount > 1000 is unknown, because event.amount is missing",
        },
      ],
    });
    expect(await test.services.db.rule.count()).toBe(count);
  });

  it("is not activated, but can always be switched off", async () => {
    const { id } = await rule({ active: false });
    // Such as a test that depends on the time: it held when the rule was saved.
    await test.services.db.rule.update({ where: { id }, data: { tests: [failing] } });
    await expect(change(id, { active: true })).rejects.toMatchObject({ code: "RULE_TESTS_FAILED" });
    await test.services.db.rule.update({ where: { id }, data: { active: true } });
    expect(await change(id, { active: false })).toMatchObject({ active: false });
  });
});

describe("deleting a rule", () => {
  it("hides it, keeps its history, is audited, and tells the workers", async () => {
    const before = await rule();
    const known = await rulesVersion();
    await deleteRule(ctx, { id: before.id, expectedVersion: 1 });
    await expect(getRule(ctx, { id: before.id })).rejects.toMatchObject({ code: "RULE_NOT_FOUND" });
    expect(await rulesVersion()).toBe(known + 1n);
    expect((await versionsOf(before.id)).map(({ kind }) => kind)).toEqual(["deleted", "created"]);
    expect((await audited(before.id))[1]).toMatchObject({ action: "rule.deleted", before, after: null });
  });
});

describe("the versions of a rule", () => {
  it("tell who changed what, and when, newest first", async () => {
    const { id } = await rule();
    await change(id, { condition: 'event.type == "other"', priority: 1 });
    const [second, first] = await versionsOf(id);
    expect(first).toMatchObject({
      version: 1,
      kind: "created",
      changes: [],
      snapshot: { condition, priority: 3 },
    });
    expect(second).toMatchObject({
      version: 2,
      kind: "updated",
      author: { email: "author@example.com" },
      changes: [
        { field: "condition", before: condition, after: 'event.type == "other"' },
        { field: "priority", before: 3, after: 1 },
      ],
    });
  });

  it("page by cursor without a gap, and the changes of a page's last one are known", async () => {
    const { id } = await rule();
    for (const priority of [1, 2, 4, 5]) await change(id, { priority });
    const seen: [number, number][] = [];
    let cursor: string | null | undefined;
    do {
      const page = await listRuleVersions(ctx, { id, page: 1, limit: 2, ...(cursor && { cursor }) });
      seen.push(...page.items.map(({ version, changes }) => [version, changes.length] as [number, number]));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual([
      [5, 1],
      [4, 1],
      [3, 1],
      [2, 1],
      [1, 0],
    ]);
    await expect(listRuleVersions(ctx, { id, page: 1, limit: 2, cursor: "x" })).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      errors: [{ pointer: "/cursor" }],
    });
  });

  it("are not found for a rule that never was", async () => {
    await expect(listRuleVersions(ctx, { id: newId(), page: 1, limit: 2 })).rejects.toMatchObject({
      code: "RULE_NOT_FOUND",
    });
  });
});

describe("rolling back", () => {
  it("makes the rule what it was, as its next version, and is audited", async () => {
    const first = await rule({ priority: 1, tests: [largeFires] });
    const { id } = first;
    await change(id, {
      condition: 'event.type == "other"',
      tests: [],
      targetRoles: ["Auditor"],
      active: false,
    });
    const back = await rollbackRule(ctx, { id, version: 1, expectedVersion: 2 });
    expect(back).toEqual({ ...first, version: 3, updatedAt: expect.any(String) });
    expect((await versionsOf(id))[0]).toMatchObject({ kind: "rolled_back", restoredVersion: 1 });
    expect((await audited(id)).at(-1)).toMatchObject({
      action: "rule.rolled_back",
      metadata: { restoredVersion: 1 },
      before: { version: 2 },
      after: back,
    });
  });

  it("brings a deleted rule back", async () => {
    const { id, condition: wanted } = await rule();
    await deleteRule(ctx, { id });
    expect(await rollbackRule(ctx, { id, version: 1 })).toMatchObject({ version: 3, condition: wanted });
    expect(await getRule(ctx, { id })).toMatchObject({ version: 3 });
  });

  it("to a version that never was, from one that the rule is not at, or to roles that are gone is refused", async () => {
    const { id } = await rule();
    await expect(rollbackRule(ctx, { id, version: 2 })).rejects.toMatchObject({
      code: "RULE_VERSION_NOT_FOUND",
    });
    await expect(rollbackRule(ctx, { id, version: 1, expectedVersion: 9 })).rejects.toMatchObject({
      code: "RULE_CHANGED",
    });
    const role = await givenRole(test.services.db, "Leaving");
    await change(id, { targetRoles: ["Leaving"] });
    await change(id, { targetRoles: ["Operator"] });
    await test.services.db.role.delete({ where: { id: role } });
    await expect(rollbackRule(ctx, { id, version: 2 })).rejects.toMatchObject({
      code: "UNKNOWN_ROLE",
      errors: [{ pointer: "/targetRoles/0" }],
    });
    expect(await getRule(ctx, { id })).toMatchObject({ version: 3, targetRoles: ["Operator"] });
  });

  it("to a version from before a field was known gives that field its default", async () => {
    const { id } = await rule({ tests: [largeFires] });
    await change(id, { priority: 1 });
    const stored = await test.services.db.ruleVersion.findFirstOrThrow({ where: { ruleId: id, version: 1 } });
    const { tests: _tests, stormMode: _mode, ...older } = stored.snapshot as Record<string, string>;
    await test.services.db.ruleVersion.update({
      where: { ruleId_version: { ruleId: id, version: 1 } },
      data: { snapshot: older },
    });
    expect(await rollbackRule(ctx, { id, version: 1 })).toMatchObject({ tests: [], stormMode: "digest" });
  });
});

describe("alerts that quote events", () => {
  const quoting = [
    ["/title", { title: "Transfer {{ event.payload.id }}" }],
    ["/message", { message: "{{ event.amount }} failed" }],
    ["/action/label", { action: { label: "Open {{ event.externalId }}", url: "https://example.com" } }],
    ["/action/url", { action: { label: "Open", url: "https://example.com/{{ event.payload.id }}" } }],
  ] as const;
  /** May write rules and may not read events. */
  const author = async () => {
    const { db } = test.services;
    return test.contextOf(actorOf(await givenUser(db, []), ["rules:read", "rules:manage"]));
  };
  const refusal = (pointer: string) => ({
    code: "UNAUTHORIZED_ROLE",
    errors: [expect.objectContaining({ pointer })],
  });

  it.each(quoting)(
    "by %s are written by those who may read events, and by nobody else",
    async (pointer, text) => {
      const by = await author();
      const plain = await givenRule(by, {
        condition,
        targetRoles: ["Operator"],
        title: "Plain",
        message: "Plain",
      });
      const created = givenRule(by, {
        condition,
        targetRoles: ["Operator"],
        title: "A",
        message: "B",
        ...text,
      });
      await expect(created).rejects.toMatchObject(refusal(pointer));
      const changed = updateRule(by, updateRuleInputSchema.parse({ id: plain.id, ...text }));
      await expect(changed).rejects.toMatchObject(refusal(pointer));
      expect(await getRule(ctx, { id: plain.id })).toEqual(plain);
      await expect(change(plain.id, text)).resolves.toMatchObject({ version: 2 });
      const back = rollbackRule(by, { id: plain.id, version: 2 });
      await expect(back).resolves.toMatchObject({ version: 2 });
    },
  );

  it("are led to other people by those who may read events only", async () => {
    const quotes = await rule({ title: "Transfer {{ event.payload.id }}" });
    const redirected = updateRule(
      await author(),
      updateRuleInputSchema.parse({ id: quotes.id, targetRoles: ["Auditor"] }),
    );
    await expect(redirected).rejects.toMatchObject(refusal("/title"));
  });

  it("are switched off and on, and renamed, by whoever may manage rules", async () => {
    const by = await author();
    const { id } = await rule({ title: "Transfer {{ event.payload.id }}" });
    for (const some of [{ active: false }, { active: true }, { name: "Renamed" }]) {
      await expect(updateRule(by, updateRuleInputSchema.parse({ id, ...some }))).resolves.toMatchObject(some);
    }
  });

  it("may be deduplicated by what the author may not read: no alert shows it", async () => {
    const some = { title: "A", message: "B", dedupKeyTemplate: "{{ event.payload.account }}" };
    await expect(
      givenRule(await author(), { condition, targetRoles: ["Operator"], ...some }),
    ).resolves.toMatchObject({ version: 1 });
  });
});
