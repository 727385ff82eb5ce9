import { maximumGraceSeconds } from "@tocsin/contracts/api/api-keys";
import { newId } from "@tocsin/db/ids";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Context } from "../context.ts";
import { givenHolder } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { createApiKeyCache } from "./api-key-cache.ts";
import { newSecret } from "./api-key-secret.ts";
import { authenticateApiKey } from "./authenticate-api-key.ts";
import { createApiKey } from "./create-api-key.ts";
import { getApiKey } from "./get-api-key.ts";
import { listApiKeys } from "./list-api-keys.ts";
import { revokeApiKey } from "./revoke-api-key.ts";
import { rotateApiKey } from "./rotate-api-key.ts";

const day = 86_400_000;
const start = new Date("2026-11-23T08:00:00.000Z");

let test: Awaited<ReturnType<typeof createTestServices>>;
let ctx: Context;
/** What the clocks show; tests move it. */
let now = start;
let monotonic = 0;

beforeAll(async () => {
  test = await createTestServices();
  const clock = () => now;
  const { db, log } = test.services;
  const apiKeyCache = createApiKeyCache({ db, log, clock, now: () => monotonic });
  ctx = { ...(await givenHolder(test, ["*"])), clock, apiKeyCache };
});

afterAll(() => test.close());

function pass(milliseconds: number): void {
  now = new Date(now.getTime() + milliseconds);
  monotonic += milliseconds;
}

const given = (some: object = {}) =>
  createApiKey(ctx, { name: "Payments", scopes: ["events:send"], source: null, expiresAt: null, ...some });

const refused = { code: "UNAUTHENTICATED" };

describe("an API key", () => {
  it("opens with its secret, which is shown once and stored nowhere", async () => {
    const { secret, ...key } = await given({ source: "payments" });
    expect(secret).toMatch(new RegExp(`^tk_${key.prefix}_[\\w-]{43}$`));
    expect(await getApiKey(ctx, key)).toEqual(key);
    expect(await authenticateApiKey(ctx, secret)).toEqual({
      type: "api_key",
      id: key.id,
      label: `Payments (tk_${key.prefix})`,
      permissions: ["events:send"],
      source: "payments",
    });
    const lines = await ctx.db.auditLog.findMany({ where: { resourceId: key.id } });
    expect(lines).toHaveLength(1);
    const stored = JSON.stringify([await ctx.db.apiKey.findUnique({ where: { id: key.id } }), lines]);
    expect(stored).not.toContain(secret.slice(-43));
  });

  it("does not open with another secret, nor one that is unknown", async () => {
    const { prefix } = await given();
    await expect(authenticateApiKey(ctx, newSecret(prefix).secret)).rejects.toMatchObject(refused);
    await expect(authenticateApiKey(ctx, newSecret("0123456789ab").secret)).rejects.toMatchObject(refused);
    await expect(authenticateApiKey(ctx, "tk_nonsense")).rejects.toMatchObject(refused);
    expect((await ctx.db.apiKey.findUniqueOrThrow({ where: { prefix } })).lastUsedAt).toBeNull();
  });

  it("is given no scope that its maker lacks, and is not rotated by one who lacks it", async () => {
    const poor = { ...ctx, actor: (await givenHolder(test, ["api-keys:manage", "events:send"])).actor };
    const input = {
      name: "A",
      scopes: ["events:send" as const, "audit:read" as const],
      source: null,
      expiresAt: null,
    };
    const lacking = { code: "UNAUTHORIZED_ROLE", errors: [{ pointer: "/scopes" }] };
    await expect(createApiKey(poor, input)).rejects.toMatchObject(lacking);
    const { id } = await createApiKey(ctx, input);
    await expect(rotateApiKey(poor, { id, graceSeconds: 0 })).rejects.toMatchObject(lacking);
    expect(await ctx.db.auditLog.count({ where: { resourceId: id } })).toBe(1);
  });

  it("ends at its expiry to the millisecond, also where it was just used", async () => {
    const expiresAt = new Date(now.getTime() + 1000);
    const { secret, id } = await given({ expiresAt: expiresAt.toISOString() });
    pass(999);
    await authenticateApiKey(ctx, secret);
    pass(1);
    await expect(authenticateApiKey(ctx, secret)).rejects.toMatchObject(refused);
    expect(await getApiKey(ctx, { id })).toMatchObject({ state: "expired" });
    await expect(rotateApiKey(ctx, { id, graceSeconds: 0 })).rejects.toMatchObject({
      code: "API_KEY_NOT_ACTIVE",
    });
  });

  it("cannot be made so that it has ended already", async () => {
    await expect(given({ expiresAt: now.toISOString() })).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      errors: [{ pointer: "/expiresAt" }],
    });
    expect(await given({ expiresAt: new Date(now.getTime() + 1).toISOString() })).toMatchObject({
      state: "active",
    });
  });

  it("that was revoked ends within 5 s, for good, and is revoked once", async () => {
    const { secret, id } = await given();
    await authenticateApiKey(ctx, secret);
    await revokeApiKey(ctx, { id });
    pass(5001);
    await expect(authenticateApiKey(ctx, secret)).rejects.toMatchObject(refused);
    const { revokedAt } = await getApiKey(ctx, { id });
    await revokeApiKey(ctx, { id });
    expect(await getApiKey(ctx, { id })).toMatchObject({ state: "revoked", revokedAt });
    expect(await ctx.db.auditLog.count({ where: { resourceId: id, action: "api_key.revoked" } })).toBe(1);
    await expect(rotateApiKey(ctx, { id, graceSeconds: 0 })).rejects.toMatchObject({
      code: "API_KEY_NOT_ACTIVE",
    });
  });

  it("is looked up once in 5 s, by all who ask at once together", async () => {
    const { secret } = await given();
    const find = vi.spyOn(ctx.db.apiKey, "findUnique");
    await Promise.all(Array.from({ length: 50 }, () => authenticateApiKey(ctx, secret)));
    pass(5000);
    await authenticateApiKey(ctx, secret);
    expect(find).toHaveBeenCalledTimes(1);
    pass(1);
    await authenticateApiKey(ctx, secret);
    expect(find).toHaveBeenCalledTimes(2);
    find.mockRestore();
  });

  it("tells when it was used last, written at most once a minute", async () => {
    const { secret, id } = await given();
    const lastUsedAt = async () => (await getApiKey(ctx, { id })).lastUsedAt;
    const first = now.toISOString();
    await authenticateApiKey(ctx, secret);
    expect(await lastUsedAt()).toBe(first);
    pass(59_999);
    await authenticateApiKey(ctx, secret);
    expect(await lastUsedAt()).toBe(first);
    pass(5001);
    await authenticateApiKey(ctx, secret);
    expect(await lastUsedAt()).toBe(now.toISOString());
  });

  it("works also where its use cannot be noted", async () => {
    const { secret } = await given();
    const update = vi.spyOn(ctx.db.apiKey, "updateMany").mockRejectedValueOnce(new Error("read-only"));
    expect(await authenticateApiKey(ctx, secret)).toMatchObject({ type: "api_key" });
    update.mockRestore();
  });

  it("is not taken for a wrong one while the database is away", async () => {
    const { secret } = await given();
    const away = Object.assign(new Error("away"), { code: "ECONNREFUSED" });
    const find = vi.spyOn(ctx.db.apiKey, "findUnique").mockRejectedValueOnce(away);
    await expect(authenticateApiKey(ctx, secret)).rejects.toBe(away);
    find.mockRestore();
    expect(await authenticateApiKey(ctx, secret)).toMatchObject({ type: "api_key" });
  });
});

describe("a rotation", () => {
  it("makes a second secret, while the one before lives on to the end of its grace", async () => {
    const before = await given();
    const after = await rotateApiKey(ctx, { id: before.id, graceSeconds: maximumGraceSeconds });
    expect(after).toMatchObject({ id: before.id, prefix: before.prefix });
    expect(after.secret).not.toBe(before.secret);
    expect(after.previousSecretExpiresAt).toBe(new Date(now.getTime() + 7 * day).toISOString());
    pass(7 * day - 1);
    await authenticateApiKey(ctx, before.secret);
    pass(1);
    await expect(authenticateApiKey(ctx, before.secret)).rejects.toMatchObject(refused);
    expect(await authenticateApiKey(ctx, after.secret)).toMatchObject({ id: before.id });
    expect(await getApiKey(ctx, before)).toMatchObject({ previousSecretExpiresAt: null });
  });

  it("without grace ends the one before within 5 s", async () => {
    const before = await given();
    await authenticateApiKey(ctx, before.secret);
    const { secret } = await rotateApiKey(ctx, { id: before.id, graceSeconds: 0 });
    pass(5001);
    await expect(authenticateApiKey(ctx, before.secret)).rejects.toMatchObject(refused);
    expect(await authenticateApiKey(ctx, secret)).toMatchObject({ id: before.id });
  });

  it("leaves two secrets alive, never three", async () => {
    const first = await given();
    const second = await rotateApiKey(ctx, { id: first.id, graceSeconds: 60 });
    const third = await rotateApiKey(ctx, { id: first.id, graceSeconds: 60 });
    await expect(authenticateApiKey(ctx, first.secret)).rejects.toMatchObject(refused);
    await authenticateApiKey(ctx, second.secret);
    await authenticateApiKey(ctx, third.secret);
  });

  it("of many at once leaves the last two good, each with its line in the audit log", async () => {
    const { id } = await given();
    const rotations = await Promise.all(
      Array.from({ length: 5 }, () => rotateApiKey(ctx, { id, graceSeconds: 60 })),
    );
    const opened = await Promise.allSettled(rotations.map(({ secret }) => authenticateApiKey(ctx, secret)));
    expect(opened.filter(({ status }) => status === "fulfilled")).toHaveLength(2);
    expect(await ctx.db.auditLog.count({ where: { resourceId: id, action: "api_key.rotated" } })).toBe(5);
  });
});

describe("the list", () => {
  it("shows every key once, newest first, by cursor", async () => {
    const all = await ctx.db.apiKey.findMany({ orderBy: { id: "desc" }, select: { id: true } });
    const seen: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await listApiKeys(ctx, { page: 1, limit: 3, ...(cursor && { cursor }) });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(seen).toEqual(all.map(({ id }) => id));
    expect((await listApiKeys(ctx, { page: 2, limit: 3 })).total).toBe(all.length);
  });

  it("has nothing of a key that is not there", async () => {
    const missing = { code: "API_KEY_NOT_FOUND" };
    await expect(getApiKey(ctx, { id: newId() })).rejects.toMatchObject(missing);
    await expect(revokeApiKey(ctx, { id: newId() })).rejects.toMatchObject(missing);
    await expect(rotateApiKey(ctx, { id: newId(), graceSeconds: 0 })).rejects.toMatchObject(missing);
  });
});
