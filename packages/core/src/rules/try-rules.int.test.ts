import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testRuleInputSchema, validateRuleInputSchema } from "@tocsin/contracts/api/rule-trials";
import { newId } from "@tocsin/db/ids";
import type { Context } from "../context.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { testRule } from "./test-rule.ts";
import { validateRule } from "./validate-rule.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let ctx: Context;

beforeAll(async () => {
  test = await createTestServices();
  const role = await givenRole(test.services.db, "Operator");
  ctx = test.contextOf(actorOf(await givenUser(test.services.db, [role])));
});

afterAll(() => test.close());

const event = { type: "transfer.failed", payload: { amount: 25_000, account: "A1" } };
const tried = (some: object) => testRule(ctx, testRuleInputSchema.parse({ event, ...some }));
const validated = (some: object) => validateRule(ctx, validateRuleInputSchema.parse(some));

describe("validating", () => {
  it("says nothing against a good rule, and spells its condition canonically", async () => {
    expect(await validated({ condition: "event.type=='a'  and event.amount>10" })).toEqual({
      valid: true,
      errors: [],
      warnings: [],
      normalForm: 'event.type == "a" && event.amount > 10',
    });
  });

  it("says where the condition is wrong, what stood there, and what was probably meant", async () => {
    expect(await validated({ condition: 'event.type == "a" &&\n  lowr(event.b) == "c"' })).toMatchObject({
      valid: false,
      errors: [
        {
          pointer: "/condition",
          line: 2,
          column: 3,
          found: expect.stringContaining("lowr"),
          suggestion: "lower",
        },
      ],
      normalForm: null,
    });
  });

  it("says what is wrong with each template, and still warns about the condition", async () => {
    const answer = await validated({
      condition: 'event.a == 1 && event.b == 2 || event.c contains "x"',
      title: "{{ event.a }",
      action: { label: "{{ nothing }}", url: "https://example.com" },
    });
    expect(answer.valid).toBe(false);
    expect(answer.errors.map(({ pointer }) => pointer)).toEqual(["/title", "/action/label"]);
    expect(answer.warnings.map(({ code, source, column }) => [code, source, column])).toEqual([
      ["MIXED_AND_OR", "event.a == 1 && event.b == 2", 1],
      ["NOT_INDEXABLE", 'event.a == 1 && event.b == 2 || event.c contains "x"', 1],
    ]);
  });

  it("judges fields and types by the sample events, where there are some", async () => {
    const condition = 'event.type == "a" && event.amuont > 10 && event.account > 5';
    expect((await validated({ condition })).warnings).toEqual([]);
    expect((await validated({ condition, sampleEvents: [event] })).warnings).toMatchObject([
      { code: "UNKNOWN_FIELD", source: "event.amuont", suggestion: "event.amount" },
      { code: "TYPE_CONFLICT" },
    ]);
  });
});

describe("what exceeds a limit of the language", () => {
  const dear = "event.text matches 'a.{480}[yz]'";
  const text = "a".repeat(20_000);

  it("is warned of by validation, in numbers, and refused where it could not be compiled at small cost", async () => {
    expect((await validated({ condition: `event.type == "a" && ${dear}` })).warnings).toMatchObject([
      {
        code: "MAY_EXCEED_STEPS",
        message: expect.stringMatching(/has 1500000 steps for an event.* of more than \d+ characters/),
      },
    ]);
    const large = await validated({ condition: `${dear} && ${dear}` });
    expect(large).toMatchObject({
      valid: false,
      errors: [
        {
          pointer: "/condition",
          message: expect.stringMatching(
            /have 968 instructions once compiled; those of a condition have at most 500/,
          ),
        },
      ],
    });
  });

  it("is unknown, and the answer says which part exceeded what", async () => {
    const answer = await tried({ condition: dear, event: { type: "a", payload: { text } } });
    const exceeded = "it takes more than the 1500000 steps that it may take for one event";
    expect(answer).toMatchObject({ fires: false, result: "unknown", condition: { exceeded } });
    expect(answer.why).toBe(`${dear} is unknown: ${exceeded}`);
  });

  it("is tried elsewhere: meanwhile this process goes on", async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    await tried({
      draft: {
        condition: dear,
        tests: Array.from({ length: 20 }, (_, index) => ({
          name: String(index),
          event: { type: "a", payload: { text: "a".repeat(1200) } },
          expected: "does_not_fire",
        })),
      },
      event: { type: "a", payload: { text } },
    });
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
    expect(test.services.threads.outcomes()).toContainEqual({
      task: "test-rule",
      outcome: "done",
      count: expect.any(Number),
    });
  });
});

describe("testing", () => {
  it("a condition alone shows what every part came to", async () => {
    expect(await tried({ condition: "event.amount > 10000 && event.country == 'DE'" })).toMatchObject({
      fires: false,
      result: "unknown",
      why: "It is unknown: event.country == 'DE' is unknown, because event.country is missing",
      missingFields: ["event.country"],
      condition: {
        kind: "and",
        parts: [{ truth: "true" }, { truth: "unknown", parts: [{ value: null }, { value: "DE" }] }],
      },
      tests: [],
    });
  });

  it("a draft shows what its alert would say, and whether its own tests hold", async () => {
    const draft = {
      condition: "event.amount > 10000",
      title: "{{ event.amount }} failed",
      message: "{{ event.country | default: 'somewhere' }}",
      action: { label: "Open", url: "https://example.com/{{ event.account }}" },
      dedupKeyTemplate: "{{ event.account }}",
      dedupWindowSeconds: 60,
      tests: [
        { name: "large", event, expected: "fires" },
        { name: "small", event: { type: "a", payload: { amount: 1 } }, expected: "fires" },
      ],
    };
    expect(await tried({ draft })).toMatchObject({
      fires: true,
      result: "true",
      alert: {
        title: "25000 failed",
        message: "somewhere",
        truncated: false,
        action: { label: "Open", url: "https://example.com/A1" },
        dedupKey: "A1",
      },
      tests: [
        { name: "large", passed: true, message: null },
        { name: "small", passed: false, message: expect.stringContaining("event.amount > 10000 is false") },
      ],
    });
  });

  it("a stored rule, as it is or with changes, changes nothing", async () => {
    const rule = await givenRule(ctx, {
      condition: "event.amount > 30000",
      targetRoles: ["Operator"],
      name: "Stored",
    });
    expect(await tried({ ruleId: rule.id })).toMatchObject({ fires: false, alert: { title: "Stored" } });
    expect(await tried({ ruleId: rule.id, condition: "event.amount > 1" })).toMatchObject({ fires: true });
    expect(await tried({ ruleId: rule.id, draft: { title: "New" } })).toMatchObject({
      alert: { title: "New" },
    });
    expect(await test.services.db.ruleVersion.count({ where: { ruleId: rule.id } })).toBe(1);
  });

  it("an event that is no trigger fires nothing, whatever the condition says", async () => {
    expect(
      await tried({ condition: "event.amount > 1", event: { ...event, action: "resolve" } }),
    ).toMatchObject({
      fires: false,
      result: "true",
      why: "The event's action is resolve, not trigger",
    });
  });

  it("now() is the time that the sample names", async () => {
    const condition = "event.receivedAt > 2026-01-01T00:00:00Z && now() - event.occurredAt > 1h";
    const times = { receivedAt: "2026-03-01T12:00:00Z", occurredAt: "2026-03-01T10:30:00Z" };
    expect(await tried({ condition, event: { ...event, ...times } })).toMatchObject({ result: "true" });
  });

  it.each([
    [{}, "VALIDATION_FAILED", "/condition"],
    [{ draft: { title: "x" } }, "VALIDATION_FAILED", "/condition"],
    [{ condition: "true", draft: { condition: "false" } }, "VALIDATION_FAILED", "/condition"],
    [{ condition: "event.a >" }, "INVALID_CONDITION", "/condition"],
    [{ draft: { condition: "event.a >" } }, "INVALID_CONDITION", "/draft/condition"],
    [{ draft: { condition: "true", message: "{{" } }, "INVALID_TEMPLATE", "/draft/message"],
  ])("%o is refused with %s at %s", async (some, code, pointer) => {
    await expect(tried(some)).rejects.toMatchObject({ code, errors: [{ pointer }] });
  });

  it("a rule that is not there is not found", async () => {
    await expect(tried({ ruleId: newId() })).rejects.toMatchObject({ code: "RULE_NOT_FOUND" });
  });
});
