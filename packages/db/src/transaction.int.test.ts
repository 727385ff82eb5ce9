import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createDatabase, type Database } from "./client.ts";
import { isDataError, isInfrastructureError, isUniqueViolation } from "./errors.ts";
import { newId } from "./ids.ts";
import { migrate } from "./migrations/migrate.ts";
import { inTransaction } from "./transaction.ts";

let test: TestDatabase;
let db: Database;

beforeAll(async () => {
  test = await createTestDatabase({
    migrate: async (url) => {
      await migrate({ url });
    },
  });
  db = createDatabase({ url: test.url, connectionLimit: 4 });
});

beforeEach(async () => {
  await db.dataVersion.deleteMany();
});

afterAll(async () => {
  await db.$disconnect();
  await test.drop();
});

describe("createDatabase", () => {
  it("gives back what it was given: JSON, bytes, big numbers and times in UTC", async () => {
    const receivedAt = new Date("2026-10-25T00:30:00.007Z");
    const payload = { text: "Zürich 🚨", deep: { list: [1, null, "x"] } };
    const id = newId();
    await db.event.create({
      data: { id, type: "t", source: "Zürich", payload, bodyHash: Buffer.alloc(32, 7), receivedAt },
    });
    const event = await db.event.findUniqueOrThrow({ where: { id } });
    expect(event).toMatchObject({ payload, receivedAt, source: "Zürich", status: "received", attempts: 0 });
    expect(Buffer.from(event.bodyHash)).toEqual(Buffer.alloc(32, 7));
    await db.dataVersion.create({ data: { name: "big", value: 9_007_199_254_740_993n } });
    expect(await db.dataVersion.findUnique({ where: { name: "big" } })).toMatchObject({
      value: 9_007_199_254_740_993n,
    });
  });

  it("keeps text keys apart that differ in case or accents only", async () => {
    const role = (name: string) => ({ id: newId(), name, permissions: [], description: "" });
    await db.role.createMany({ data: ["Zürich", "Zurich", "zurich"].map(role) });
    const error: unknown = await db.role.create({ data: role("Zürich") }).catch((cause: unknown) => cause);
    expect(isUniqueViolation(error)).toBe(true);
    expect(isInfrastructureError(error)).toBe(false);
  });

  it("tells data that does not fit from a database that is away", async () => {
    const tooLong: unknown = await db.dataVersion
      .create({ data: { name: "x".repeat(51) } })
      .catch((cause: unknown) => cause);
    expect(isDataError(tooLong)).toBe(true);

    const nowhere = createDatabase({ url: "mysql://u:p@127.0.0.1:1/nothing", acquireTimeout: 200 });
    const away: unknown = await nowhere.role.count().catch((cause: unknown) => cause);
    expect(isInfrastructureError(away)).toBe(true);
    await nowhere.$disconnect();
  });
});

describe("inTransaction", () => {
  it("undoes everything when the work throws, and throws the same", async () => {
    const failure = new Error("no");
    const running = inTransaction(db, async (tx) => {
      await tx.dataVersion.create({ data: { name: "a" } });
      throw failure;
    });
    await expect(running).rejects.toBe(failure);
    expect(await db.dataVersion.count()).toBe(0);
  });

  it("runs the loser of a deadlock again as a whole", async () => {
    await db.dataVersion.createMany({ data: [{ name: "a" }, { name: "b" }] });
    const { promise: bothBegan, resolve } = Promise.withResolvers<undefined>();
    let runs = 0;
    let locked = 0;
    const add = (first: string, second: string) =>
      inTransaction(db, async (tx) => {
        runs += 1;
        await tx.dataVersion.update({ where: { name: first }, data: { value: { increment: 1 } } });
        locked += 1;
        if (locked >= 2) resolve(undefined);
        await bothBegan;
        await tx.dataVersion.update({ where: { name: second }, data: { value: { increment: 1 } } });
      });
    await Promise.all([add("a", "b"), add("b", "a")]);
    expect(runs).toBe(3);
    expect(await db.dataVersion.findMany({ orderBy: { name: "asc" } })).toEqual([
      { name: "a", value: 2n },
      { name: "b", value: 2n },
    ]);
  });

  it("sees what others commit meanwhile, unless told otherwise", async () => {
    const seen = async (isolation?: "RepeatableRead") =>
      inTransaction(
        db,
        async (tx) => {
          await tx.dataVersion.count();
          await db.dataVersion.create({ data: { name: "a" } });
          const after = await tx.dataVersion.count();
          await db.dataVersion.deleteMany();
          return after;
        },
        isolation === undefined ? {} : { isolation },
      );
    expect(await seen()).toBe(1);
    expect(await seen("RepeatableRead")).toBe(0);
  });

  it("rolls back what takes longer than its time", async () => {
    const running = inTransaction(
      db,
      async (tx) => {
        await tx.dataVersion.create({ data: { name: "a" } });
        await tx.$queryRaw`SELECT SLEEP(0.5)`;
        await tx.dataVersion.create({ data: { name: "b" } });
      },
      { timeoutMs: 100 },
    );
    const error: unknown = await running.catch((cause: unknown) => cause);
    expect(isInfrastructureError(error)).toBe(true);
    expect(await db.dataVersion.count()).toBe(0);
  });
});
