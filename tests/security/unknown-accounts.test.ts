import { hashPassword } from "@tocsin/core/auth/hash-password";
import { givenUser } from "@tocsin/core/testing/fixtures";
import { newId } from "@tocsin/db/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Answer, serveApp, type ServedApp } from "./support/served-app.ts";

const password = "a lighthouse keeper's umbrella";
const known = "known@example.com";

let app: ServedApp;

beforeAll(async () => {
  app = await serveApp();
  const { db } = app.services;
  const id = await givenUser(db, [], known);
  await db.user.update({ where: { id }, data: { passwordHash: await hashPassword(password) } });
});

afterAll(() => app.close());

async function logIn(email: string): Promise<{ answer: Answer; milliseconds: number }> {
  const startedAt = performance.now();
  const answer = await app.call("POST", "/api/v1/auth/login", { body: { email, password: "wrong" } });
  return { answer, milliseconds: performance.now() - startedAt };
}

describe("who has an account", () => {
  it("is not told by the answer to a login, nor by the time that it takes", async () => {
    const times = { known: [] as number[], unknown: [] as number[] };
    for (let round = 0; round < 4; round += 1) {
      const [one, other] = [await logIn(known), await logIn(`${newId()}@example.com`)];
      const { requestId: _one, ...ofKnown } = one.answer.body;
      const { requestId: _other, ...ofUnknown } = other.answer.body;
      expect(ofUnknown).toEqual(ofKnown);
      expect(ofKnown).toMatchObject({ status: 401, code: "INVALID_CREDENTIALS" });
      times.known.push(one.milliseconds);
      times.unknown.push(other.milliseconds);
    }
    // The same work is done for both. Without it one would take a hundredth of the other.
    expect(Math.min(...times.unknown)).toBeGreaterThan(Math.min(...times.known) / 3);
    expect(Math.min(...times.known)).toBeGreaterThan(Math.min(...times.unknown) / 3);
  });

  it("is not told by the answer to a registration", async () => {
    const register = (email: string) =>
      app.call("POST", "/api/v1/auth/register", { body: { email, password } });
    const [taken, free] = [await register(known), await register("free@example.com")];
    expect([taken.status, free.status]).toEqual([201, 201]);
    expect(Object.keys(taken.body)).toEqual(Object.keys(free.body));
    expect(taken.body).toMatchObject({ email: known, status: "pending" });
    expect(await app.services.db.user.count({ where: { email: known } })).toBe(1);
  });
});
