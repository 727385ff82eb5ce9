import { afterAll, beforeAll, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { actorOf, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { createSilence } from "./create-silence.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let ctx: Context;

beforeAll(async () => {
  test = await createTestServices();
  ctx = test.contextOf(actorOf(await givenUser(test.services.db, [])));
});

afterAll(() => test.close());

const now = new Date("2026-11-23T08:30:00Z");
const silence = (endsAt: string) => ({
  ...{ condition: "true", startsAt: "2026-11-20T00:00:00.000Z", endsAt, weekly: null, comment: "" },
});

it("refuses a silence that would be over already, and writes nothing", async () => {
  for (const endsAt of [now.toISOString(), "2026-11-23T08:29:59.999Z"]) {
    await expect(createSilence({ ...ctx, clock: () => now }, silence(endsAt))).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      errors: [{ pointer: "/endsAt" }],
    });
  }
  expect(await ctx.db.silence.count()).toBe(0);
});

it("makes one that began before and ends a moment later", async () => {
  const made = await createSilence({ ...ctx, clock: () => now }, silence("2026-11-23T08:30:00.001Z"));
  expect(made).toMatchObject({ state: "active", endsAt: "2026-11-23T08:30:00.001Z" });
});
