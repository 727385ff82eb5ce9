import { newId } from "@tocsin/db/ids";
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { changePassword } from "../auth/change-password.ts";
import { hashPassword } from "../auth/hash-password.ts";
import { login } from "../auth/login.ts";
import { refreshSession } from "../auth/refresh-session.ts";
import { register } from "../auth/register.ts";
import type { Context } from "../context.ts";
import { actorOf, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import {
  loginLimits,
  registrationsPerEmail,
  renewalsPerSession,
  wrongPasswordsFromAddress,
  wrongPasswordsPerAccount,
  wrongPasswordsPerAddress,
} from "./attempt-limits.ts";
import { countAttempt, uncountAttempt } from "./count-attempts.ts";

const password = "a lighthouse keeper's umbrella";
const ownersAddress = "198.51.100.1";

let test: Awaited<ReturnType<typeof createTestServices>>;
let owner: { id: string; email: string };

beforeAll(async () => {
  test = await createTestServices();
  const email = `${newId()}@example.com`;
  owner = { email, id: await givenUser(test.services.db, [], email) };
  await test.services.db.user.update({
    where: { id: owner.id },
    data: { passwordHash: await hashPassword(password) },
  });
});

beforeEach(async () => {
  await test.services.redis.flushdb();
});

afterAll(() => test.close());

function from(ip: string, some: Partial<Context> = {}): Context {
  const ctx = test.contextOf({ type: "anonymous" });
  return { ...ctx, ...some, request: { ...ctx.request, ip } };
}

/** Counts so many wrong passwords, without the time that trying them takes. */
async function guess(ctx: Context, times: number, email = owner.email): Promise<void> {
  const { ofCaller, ofStrangers } = loginLimits(ctx, email);
  for (let done = 0; done < times; done += 1) await countAttempt(ctx, [...ofCaller, ...ofStrangers]);
}

const attempt = (ip: string, some: { email?: string; password?: string } = {}) =>
  login(from(ip), { email: owner.email, password, ...some });

describe("guessing a password", () => {
  it("ends after the last allowed attempt of an address, with when to come back", async () => {
    const ctx = from("203.0.113.1");
    await guess(ctx, wrongPasswordsPerAddress - 1);
    await expect(attempt("203.0.113.1", { password: "wrong" })).rejects.toMatchObject({
      code: "INVALID_CREDENTIALS",
    });
    await expect(attempt("203.0.113.1")).rejects.toMatchObject({
      code: "TOO_MANY_REQUESTS",
      retryAfterSeconds: expect.any(Number),
    });
    const last = await test.services.db.auditLog.findFirst({ orderBy: { id: "desc" } });
    expect(last).toMatchObject({ action: "auth.login_failed", metadata: { reason: "throttled" } });
  });

  it("does not lock the owner out elsewhere, however often it is tried", async () => {
    await guess(from("203.0.113.1"), wrongPasswordsPerAddress);
    for (let extra = 0; extra < wrongPasswordsPerAccount; extra += 1) {
      await expect(attempt("203.0.113.1")).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
    }
    await expect(attempt("192.0.2.77")).resolves.toMatchObject({ user: { id: owner.id } });
  });

  it("from everywhere ends too, while the owner gets in from where they were before", async () => {
    await attempt(ownersAddress);
    await guess(from("203.0.113.1"), wrongPasswordsPerAddress);
    for (let other = 2; other <= wrongPasswordsPerAccount / wrongPasswordsPerAddress; other += 1) {
      await guess(from(`203.0.113.${other}`), wrongPasswordsPerAddress);
    }
    await expect(attempt("203.0.113.200")).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
    await expect(attempt(ownersAddress)).resolves.toMatchObject({ user: { id: owner.id } });
  });

  it("from everywhere lets the owner in from another IPv6 address of the network where they were before", async () => {
    await attempt("2001:db8:77::1");
    for (let other = 1; other <= wrongPasswordsPerAccount / wrongPasswordsPerAddress; other += 1) {
      await guess(from(`203.0.113.${other}`), wrongPasswordsPerAddress);
    }
    await expect(attempt("2001:db8:77:1::1")).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
    await expect(attempt("2001:db8:77::a:b:c")).resolves.toMatchObject({ user: { id: owner.id } });
  });

  it("of many accounts from one address ends for accounts that were never used there, and for no others", async () => {
    const shared = "203.0.113.50";
    const stranger = newId();
    const email = `${stranger}@example.com`;
    const id = await givenUser(test.services.db, [], email);
    await test.services.db.user.update({
      where: { id },
      data: { passwordHash: await hashPassword(password) },
    });
    await attempt(shared);
    for (let other = 0; other < wrongPasswordsFromAddress; other += 1) {
      await guess(from(shared), 1, `nobody-${other}@example.com`);
    }
    await expect(attempt(shared, { email })).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
    await expect(attempt(shared, { email: "nobody@example.com" })).rejects.toMatchObject({
      code: "TOO_MANY_REQUESTS",
    });
    await expect(attempt(shared)).resolves.toMatchObject({ user: { id: owner.id } });
    await expect(attempt("203.0.113.51", { email })).resolves.toMatchObject({ user: { id } });
  });

  it("of one account again and again, as a program with an old password does, blocks no other account there", async () => {
    const shared = "203.0.113.60";
    for (let time = 0; time < wrongPasswordsFromAddress + wrongPasswordsPerAddress; time += 1) {
      const refusal = attempt(shared, { email: "old-program@example.com", password: "wrong" });
      const code = time < wrongPasswordsPerAddress ? "INVALID_CREDENTIALS" : "TOO_MANY_REQUESTS";
      await expect(refusal).rejects.toMatchObject({ code });
    }
    await expect(attempt(shared)).resolves.toMatchObject({ user: { id: owner.id } });
  });

  it("of an account from where it was logged in to ends as well", async () => {
    const known = "203.0.113.70";
    await attempt(known);
    await guess(from(known), wrongPasswordsPerAddress);
    await expect(attempt(known)).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
  });

  it("is counted alike for an account that does not exist", async () => {
    const email = "nobody@example.com";
    await guess(from("203.0.113.1"), wrongPasswordsPerAddress, email);
    await expect(attempt("203.0.113.1", { email })).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
  });

  it("is counted by the network of an IPv6 address: others of it are no new start", async () => {
    await guess(from("2001:db8:1:2::1"), wrongPasswordsPerAddress);
    await expect(attempt("2001:db8:1:2:aaaa::2")).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
  });

  it("many at once passes no more than one after the other", async () => {
    const { ofCaller } = loginLimits(from("203.0.113.1"), owner.email);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 50 }, () => countAttempt(test.services, ofCaller)),
    );
    expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(wrongPasswordsPerAddress);
  });

  it("leaves no trace of a right password", async () => {
    await test.services.db.refreshToken.deleteMany({ where: { userId: owner.id } });
    for (let time = 0; time < 3; time += 1) await attempt("203.0.113.1");
    const { ofCaller, ofStrangers } = loginLimits(from("203.0.113.1"), owner.email);
    const counts = await test.services.redis.mget([...ofCaller, ...ofStrangers].map(({ key }) => key));
    expect(counts.map(Number)).toEqual([0, 0, 0]);
  });

  it("with a stolen session ends as well", async () => {
    const ctx = test.contextOf(actorOf(owner.id));
    const change = () => changePassword(ctx, { currentPassword: "wrong", newPassword: "whatever it may be" });
    await expect(change()).rejects.toMatchObject({ code: "WRONG_PASSWORD" });
    await test.services.redis.set(`throttle:password:${owner.id}`, wrongPasswordsPerAddress, "EX", 60);
    await expect(change()).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
  });
});

describe("registering", () => {
  it("ends after the last allowed one of an address", async () => {
    const some = { settings: { ...test.services.settings, registrationsPerHour: 1 } };
    const again = () => register(from("203.0.113.1", some), { email: `${newId()}@example.com`, password });
    await expect(again()).resolves.toMatchObject({ status: "pending" });
    await expect(again()).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
  });

  it("ends after the last allowed one for an e-mail address, from wherever", async () => {
    const email = `${newId()}@example.com`;
    for (let time = 1; time <= registrationsPerEmail; time += 1) {
      await expect(register(from(`203.0.113.${time}`), { email, password })).resolves.toBeDefined();
    }
    await expect(register(from("203.0.113.99"), { email, password })).rejects.toMatchObject({
      code: "TOO_MANY_REQUESTS",
    });
  });
});

describe("renewing sessions", () => {
  it("is counted by session: one that ended its share holds up no other from the same address", async () => {
    const shared = "203.0.113.80";
    const other = await attempt(shared);
    let { refreshToken } = await attempt(shared);
    for (let time = 0; time < renewalsPerSession; time += 1) {
      ({ refreshToken } = await refreshSession(from(shared), { refreshToken }));
    }
    for (const address of [shared, "203.0.113.81"]) {
      await expect(refreshSession(from(address), { refreshToken })).rejects.toMatchObject({
        code: "TOO_MANY_REQUESTS",
        retryAfterSeconds: expect.any(Number),
      });
    }
    await expect(refreshSession(from(shared), other)).resolves.toMatchObject({ user: { id: owner.id } });
  });

  it("that was refused for its number leaves the session as it was", async () => {
    const { refreshToken } = await attempt("203.0.113.82");
    const stored = await test.services.db.refreshToken.findFirstOrThrow({ orderBy: { id: "desc" } });
    await test.services.redis.set(`throttle:renew:${stored.familyId}`, renewalsPerSession, "EX", 60);
    const renew = () => refreshSession(from("203.0.113.82"), { refreshToken });
    await expect(renew()).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
    await test.services.redis.flushdb();
    await expect(renew()).resolves.toMatchObject({ user: { id: owner.id } });
  });
});

describe("a window", () => {
  it("closes, also when what it counted was taken back too late", async () => {
    const limit = { key: "throttle:test", limit: 1, windowSeconds: 1 };
    await uncountAttempt(test.services, [limit]);
    await expect.poll(() => test.services.redis.exists(limit.key)).toBe(0);
    await countAttempt(test.services, [limit]);
    await expect(countAttempt(test.services, [limit])).rejects.toMatchObject({ retryAfterSeconds: 1 });
    await expect.poll(() => test.services.redis.exists(limit.key), { timeout: 5000 }).toBe(0);
    await expect(countAttempt(test.services, [limit])).resolves.toBeUndefined();
  });
});

describe("while Redis is away", () => {
  it("nobody logs in or registers: nobody guesses uncounted", async () => {
    const redis = new Redis({ port: 1, lazyConnect: true, enableOfflineQueue: false, retryStrategy: null });
    redis.on("error", () => undefined);
    const ctx = from("203.0.113.1", { redis });
    await expect(login(ctx, { email: owner.email, password })).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await expect(register(ctx, { email: "new@example.com", password })).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    redis.disconnect();
  });

  it("open sessions are renewed all the same", async () => {
    const session = await attempt("203.0.113.1");
    const redis = new Redis({ port: 1, lazyConnect: true, enableOfflineQueue: false, retryStrategy: null });
    redis.on("error", () => undefined);
    await expect(refreshSession(from("203.0.113.1", { redis }), session)).resolves.toMatchObject({
      user: { id: owner.id },
    });
    redis.disconnect();
  });
});
