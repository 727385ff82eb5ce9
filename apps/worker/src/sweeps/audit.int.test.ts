import { createTestServices } from "@tocsin/core/testing/test-services";
import { newId } from "@tocsin/db/ids";
import type { Pool } from "@tocsin/db/pool";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { audit } from "./audit.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;

beforeAll(async () => {
  test = await createTestServices();
});

afterAll(() => test.close());

const givenMetrics = () => ({ audited: vi.fn(), auditFailed: vi.fn() });

describe("the audit", () => {
  it("counts what is overdue and the open dead letters", async () => {
    const { db, pool, log } = test.services;
    const letter = { error: "An error", attempts: 1, createdAt: new Date() };
    await db.deadLetter.createMany({
      data: [
        { ...letter, id: newId() },
        { ...letter, id: newId() },
        { ...letter, id: newId(), status: "discarded" },
      ],
    });
    const metrics = givenMetrics();
    await audit({ pool, log, metrics });
    expect(metrics.audited).toHaveBeenCalledExactlyOnceWith({
      overdue: expect.arrayContaining([{ step: "process", count: 0, since: null, oldestId: null }]),
      openDeadLetters: 2,
    });
    expect(metrics.auditFailed).not.toHaveBeenCalled();
  });

  it("takes back what it said before when the tables cannot be asked", async () => {
    const metrics = givenMetrics();
    const broken = { query: () => Promise.reject(new Error("away")) } as unknown as Pool;
    await expect(audit({ pool: broken, log: test.services.log, metrics })).rejects.toThrow("away");
    expect(metrics.auditFailed).toHaveBeenCalledOnce();
    expect(metrics.audited).not.toHaveBeenCalled();
  });
});
