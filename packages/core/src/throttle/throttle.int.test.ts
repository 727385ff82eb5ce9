import { newId } from "@tocsin/db/ids";
import { Redis } from "ioredis";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { changePassword } from "../auth/change-password.ts";
import { hashPassword } from "../auth/hash-password.ts";
import { login } from "../auth/login.ts";
import { register } from "../auth/register.ts";
import type { Context } from "../context.ts";
import { actorOf, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import {
  loginLimits,
  registrationsPerEmail,
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
  const { ofCaller, ofAccount } = loginLimits(ctx, email);
  for (let done = 0; done < times; done += 1) await countAttempt(ctx, [...ofCaller, ...ofAccount]);
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
    for (let time = 0; time < 3; time += 1) await attempt("203.0.113.1");
    const { ofCaller, ofAccount } = loginLimits(from("203.0.113.1"), owner.email);
    const counts = await test.services.redis.mget([...ofCaller, ...ofAccount].map(({ key }) => key));
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
});
