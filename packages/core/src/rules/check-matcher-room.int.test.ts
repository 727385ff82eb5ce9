import { inTransaction } from "@tocsin/db/transaction";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { checkMatcherRoom, maximumConditionCharacters } from "./check-matcher-room.ts";
import { createRule } from "./create-rule.ts";
import { updateRule } from "./update-rule.ts";
import { createSilence } from "../silences/create-silence.ts";
import { endSilence } from "../silences/end-silence.ts";
import { updateSilence } from "../silences/update-silence.ts";
import { newId } from "@tocsin/db/ids";
import { createRuleInputSchema } from "@tocsin/contracts/api/rules";

let test: Awaited<ReturnType<typeof createTestServices>>;
let ctx: Context;

beforeAll(async () => {
  test = await createTestServices();
  const role = await givenRole(test.services.db, "Operator");
  ctx = test.contextOf(actorOf(await givenUser(test.services.db, [role])));
});

afterAll(() => test.close());

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

/** A condition of so many characters. */
const conditionOf = (characters: number) => `event.a == "${"x".repeat(characters - 13)}"`;

it("counts the conditions of active rules to the character, and tells how long they are", async () => {
  await givenRule(ctx, { condition: conditionOf(300), targetRoles: ["Operator"] });
  await givenRule(ctx, { condition: conditionOf(100), targetRoles: ["Operator"], active: false });
  const room = async (most: number) =>
    inTransaction(test.services.db, async (tx) =>
      checkMatcherRoom(tx, "rules", { before: 0, after: 1 }, most),
    );
  await expect(room(301)).resolves.toBeUndefined();
  await expect(room(300)).resolves.toBeUndefined();
  await expect(room(299)).rejects.toMatchObject({
    code: "INVALID_CONDITION",
    message:
      "With this condition those of all active rules would have 300 characters together, and may have 299",
    errors: [{ pointer: "/condition", code: "no_room" }],
  });
});

it("refuses what would be too much, writes nothing of it, and lets a rule be switched off all the same", async () => {
  const { id } = await givenRule(ctx, { condition: conditionOf(50), targetRoles: ["Operator"] });
  const copies = Math.ceil(maximumConditionCharacters / 60_000);
  for (let copy = 0; copy < copies; copy += 1)
    await givenRule(ctx, { condition: "true", targetRoles: ["Operator"] });
  // Longer than the language takes: fewer rows do.
  await test.services.db.rule.updateMany({
    where: { active: true },
    data: { condition: "x".repeat(60_000) },
  });
  const before = await test.services.db.rule.count();
  const input = createRuleInputSchema.parse({
    name: "One more",
    condition: "event.a == 1",
    targetRoles: ["Operator"],
  });
  await expect(createRule(ctx, input)).rejects.toMatchObject({ code: "INVALID_CONDITION" });
  expect(await test.services.db.rule.count()).toBe(before);
  await test.services.db.rule.update({ where: { id }, data: { condition: conditionOf(50) } });
  await expect(updateRule(ctx, { id, condition: conditionOf(60) })).rejects.toMatchObject({
    code: "INVALID_CONDITION",
  });
  await expect(updateRule(ctx, { id, condition: conditionOf(50).replace("a", "b") })).resolves.toMatchObject({
    condition: conditionOf(50).replace("a", "b"),
  });
  await expect(updateRule(ctx, { id, active: false })).resolves.toMatchObject({ active: false });
  await expect(createRule(ctx, { ...input, active: false })).resolves.toMatchObject({ active: false });
});

it("counts silences that have not ended by themselves, and lets a full book be made smaller", async () => {
  const input = {
    condition: conditionOf(50),
    startsAt: inHours(-2),
    endsAt: inHours(2),
    weekly: null,
    comment: "",
  };
  const { id } = await createSilence(ctx, input);
  const ended = await createSilence(ctx, input);
  await endSilence(ctx, { id: ended.id });
  // Longer than the language takes: fewer rows do.
  await test.services.db.silence.createMany({
    data: Array.from({ length: Math.ceil(maximumConditionCharacters / 60_000) }, () => ({
      id: newId(),
      condition: "x".repeat(60_000),
      startsAt: new Date(),
      comment: "",
      createdBy: newId(),
    })),
  });
  const full = { code: "INVALID_CONDITION", errors: [{ pointer: "/condition", code: "no_room" }] };
  await expect(createSilence(ctx, input)).rejects.toMatchObject(full);
  await expect(updateSilence(ctx, { ...input, id: ended.id })).rejects.toMatchObject(full);
  await expect(updateSilence(ctx, { ...input, id, condition: conditionOf(51) })).rejects.toMatchObject(full);
  await expect(updateSilence(ctx, { ...input, id, comment: "Earlier" })).resolves.toMatchObject({ id });
  await expect(updateSilence(ctx, { ...input, id, condition: conditionOf(49) })).resolves.toMatchObject({
    id,
  });
});
