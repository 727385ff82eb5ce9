import { afterAll, beforeAll, expect, it } from "vitest";
import { listRulesInputSchema, ruleOrders } from "@tocsin/contracts/api/rules";
import type { Context } from "../context.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { deleteRule } from "./delete-rule.ts";
import { listRules } from "./list-rules.ts";
import { updateRule } from "./update-rule.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let ctx: Context;

const list = (query: object = {}) => listRules(ctx, listRulesInputSchema.parse(query));
const namesOf = async (query: object) => (await list(query)).items.map(({ name }) => name);

beforeAll(async () => {
  test = await createTestServices();
  const role = await givenRole(test.services.db, "Operator");
  await givenRole(test.services.db, "Auditor");
  ctx = test.contextOf(actorOf(await givenUser(test.services.db, [role])));
  const rules = [
    { name: "Bravo", priority: 2, targetRoles: ["Auditor"] },
    { name: "alpha", priority: 1, active: false },
    { name: "Delta", priority: 2, mode: "shadow", description: "100% of it" },
    { name: "Charlie_1", priority: 3, targetRoles: ["Operator", "Auditor"] },
    { name: "Zulu", priority: 1 },
  ];
  for (const some of rules)
    await givenRule(ctx, { condition: "event.a == 1", targetRoles: ["Operator"], ...some });
  const [bravo] = (await list({ text: "Bravo" })).items;
  await updateRule(ctx, { id: bravo?.id ?? "", priority: 4 });
  const [zulu] = (await list({ text: "Zulu" })).items;
  await deleteRule(ctx, { id: zulu?.id ?? "" });
});

afterAll(() => test.close());

it.each([
  [{}, ["Bravo", "alpha", "Delta", "Charlie_1"]],
  [{ active: false }, ["alpha"]],
  [{ mode: "shadow" }, ["Delta"]],
  [{ role: "Auditor" }, ["Bravo", "Charlie_1"]],
  [{ role: "auditor" }, []],
  [{ text: "ALPH" }, ["alpha"]],
  [{ text: "of it" }, ["Delta"]],
  [{ text: "%" }, ["Delta"]],
  [{ text: "_" }, ["Charlie_1"]],
  [{ text: "\\" }, []],
  [{ active: true, role: "Operator" }, ["Delta", "Charlie_1"]],
])("%o lists %o", async (query, names) => {
  expect(await namesOf(query)).toEqual(names);
  expect((await list(query)).total).toBe(names.length);
});

it.each([
  ["-createdAt", ["Charlie_1", "Delta", "alpha", "Bravo"]],
  ["name", ["alpha", "Bravo", "Charlie_1", "Delta"]],
  ["-name", ["Delta", "Charlie_1", "Bravo", "alpha"]],
  ["priority", ["alpha", "Delta", "Charlie_1", "Bravo"]],
  ["-priority", ["Bravo", "Charlie_1", "Delta", "alpha"]],
  ["-updatedAt", ["Bravo", "Charlie_1", "Delta", "alpha"]],
])("sort=%s gives %o", async (sort, names) => {
  expect(await namesOf({ sort })).toEqual(names);
});

it.each(ruleOrders)("sort=%s pages by cursor and by number without a gap or a repetition", async (sort) => {
  const everything = await namesOf({ sort });
  const byCursor: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await list({ sort, limit: 1, ...(cursor && { cursor }) });
    byCursor.push(...page.items.map(({ name }) => name));
    cursor = page.nextCursor;
  } while (cursor !== null);
  const byNumber = await Promise.all([1, 2, 3, 4].map((page) => namesOf({ sort, page, limit: 1 })));
  expect([byCursor, byNumber.flat()]).toEqual([everything, everything]);
});

it("refuses a cursor that is none, or belongs to another order", async () => {
  const { nextCursor } = await list({ sort: "name", limit: 1 });
  const forged = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const id = "0198c0de-0000-7000-8000-000000000000";
  const bad = [
    { cursor: nextCursor },
    { cursor: id },
    { cursor: forged({ sort: "updatedAt", value: "never", id }), sort: "updatedAt" },
    { cursor: forged({ sort: "priority", value: "1", id }), sort: "priority" },
    { cursor: forged({ sort: "name", value: { gt: "" }, id }), sort: "name" },
  ];
  for (const query of bad) {
    await expect(list(query)).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      errors: [{ pointer: "/cursor" }],
    });
  }
});
