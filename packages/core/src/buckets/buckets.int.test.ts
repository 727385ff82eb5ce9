import {
  createBucketInputSchema,
  listBalanceEntriesInputSchema,
  listBucketsInputSchema,
} from "@tocsin/contracts/api/transfer-buckets";
import { newId } from "@tocsin/db/ids";
import { chunks } from "@tocsin/db/chunks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { actorOf, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { adjustBalance } from "./adjust-balance.ts";
import { changeThreshold } from "./change-threshold.ts";
import { createBucket } from "./create-bucket.ts";
import { getBucket } from "./get-bucket.ts";
import { listBalanceEntries } from "./list-balance-entries.ts";
import { listBuckets } from "./list-buckets.ts";
import { setBalance } from "./set-balance.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let ctx: Context;

const largest = "999999999999999.9999";

beforeAll(async () => {
  test = await createTestServices();
  ctx = test.contextOf(actorOf(await givenUser(test.services.db, [])));
});

afterAll(() => test.close());

const given = (some: object = {}) =>
  createBucket(
    ctx,
    createBucketInputSchema.parse({ name: "Payouts", currency: "EUR", threshold: "0", ...some }),
  );

const entriesOf = async (id: string) =>
  (await listBalanceEntries(ctx, listBalanceEntriesInputSchema.parse({ id, limit: 100 }))).items;

const auditOf = (resourceId: string) =>
  ctx.db.auditLog.findMany({ where: { resourceId }, orderBy: { id: "asc" } });

describe("a balance", () => {
  it("is exact to the last digit of the largest sums", async () => {
    const { id } = await given({ currentBalance: largest, threshold: `-${largest}` });
    expect(await getBucket(ctx, { id })).toMatchObject({ currentBalance: largest, threshold: `-${largest}` });
    expect(await adjustBalance(ctx, { id, amount: "-0.0001" })).toMatchObject({
      currentBalance: "999999999999999.9998",
    });
    await setBalance(ctx, { id, balance: `-${largest}` });
    const [entry] = await entriesOf(id);
    expect(entry).toMatchObject({ amount: "-1999999999999999.9997", balanceAfter: `-${largest}` });
    expect(await setBalance(ctx, { id, balance: "123456789012345.6789" })).toMatchObject({
      currentBalance: "123456789012345.6789",
    });
  });

  it("beyond what can be kept is refused, and changes nothing", async () => {
    const { id } = await given({ currentBalance: largest });
    await expect(adjustBalance(ctx, { id, amount: "0.0001" })).rejects.toMatchObject({
      code: "BALANCE_OUT_OF_RANGE",
      errors: [{ pointer: "/amount" }],
    });
    expect(await getBucket(ctx, { id })).toMatchObject({ currentBalance: largest });
    expect(await entriesOf(id)).toHaveLength(1);
  });

  it("loses nothing of what is added and taken at the same time", async () => {
    const { id } = await given({ currentBalance: "100" });
    const amounts = Array.from({ length: 60 }, (_, index) => (index % 3 ? "0.1001" : "-0.0500"));
    for (const some of chunks(amounts, 12)) {
      await Promise.all(some.map((amount) => adjustBalance(ctx, { id, amount })));
    }
    // 100 + 40 × 0.1001 − 20 × 0.05
    expect(await getBucket(ctx, { id })).toMatchObject({ currentBalance: "103.0040" });
    const entries = await entriesOf(id);
    const sum = entries.reduce((total, { amount }) => total + BigInt(amount.replace(".", "")), 0n);
    expect(sum).toBe(1_030_040n);
    expect(entries).toHaveLength(61);
    expect(entries[0]?.balanceAfter).toBe("103.0040");
  });

  it("is changed once for each idempotency key, however often and by however many it is sent", async () => {
    const { id } = await given({ currentBalance: "100" });
    const change = { id, amount: "5.5", idempotencyKey: "Zahlung 1" };
    await Promise.all(Array.from({ length: 8 }, () => adjustBalance(ctx, change)));
    expect(await adjustBalance(ctx, { ...change, amount: "5.5000" })).toMatchObject({
      currentBalance: "105.5000",
    });
    await expect(adjustBalance(ctx, { ...change, amount: "5.6" })).rejects.toMatchObject({
      code: "IDEMPOTENCY_KEY_REUSED",
    });
    await expect(setBalance(ctx, { id, balance: "5.5", idempotencyKey: "Zahlung 1" })).rejects.toMatchObject({
      code: "IDEMPOTENCY_KEY_REUSED",
    });
    const other = await given();
    expect(await adjustBalance(ctx, { ...change, id: other.id })).toMatchObject({ currentBalance: "5.5000" });
    expect(await entriesOf(id)).toHaveLength(2);
    expect(await auditOf(id)).toHaveLength(2);
  });

  it("that was set with a key is not set back by the same request coming late", async () => {
    const { id } = await given();
    const first = { id, balance: "10", idempotencyKey: "1" };
    await setBalance(ctx, first);
    await setBalance(ctx, { id, balance: "20", idempotencyKey: "2" });
    expect(await setBalance(ctx, first)).toMatchObject({ currentBalance: "20.0000" });
  });
});

describe("a bucket", () => {
  it("leaves an audit line for each change, with before and after", async () => {
    const { id } = await given({ currentBalance: "10", threshold: "5", hysteresis: "1" });
    await changeThreshold(ctx, { id, threshold: "7.5" });
    await setBalance(ctx, { id, balance: "12" });
    await adjustBalance(ctx, { id, amount: "-1" });
    expect(await auditOf(id)).toMatchObject([
      { action: "transfer_bucket.created", after: { currentBalance: "10", threshold: "5" } },
      {
        action: "transfer_bucket.threshold_changed",
        before: { threshold: "5.0000", hysteresis: "1.0000" },
        after: { threshold: "7.5", hysteresis: "1.0000" },
      },
      {
        action: "transfer_bucket.balance_set",
        before: { currentBalance: "10.0000" },
        after: { currentBalance: "12.0000" },
      },
      {
        action: "transfer_bucket.balance_adjusted",
        before: { currentBalance: "12.0000" },
        after: { currentBalance: "11.0000" },
      },
    ]);
  });

  it("that is not there can be neither read nor changed", async () => {
    const id = newId();
    const missing = { code: "BUCKET_NOT_FOUND" };
    await expect(getBucket(ctx, { id })).rejects.toMatchObject(missing);
    await expect(setBalance(ctx, { id, balance: "1" })).rejects.toMatchObject(missing);
    await expect(adjustBalance(ctx, { id, amount: "1" })).rejects.toMatchObject(missing);
    await expect(changeThreshold(ctx, { id, threshold: "1" })).rejects.toMatchObject(missing);
    await expect(entriesOf(id)).rejects.toMatchObject(missing);
  });

  it("is found by state and currency, page by page", async () => {
    const made = [
      await given({ currency: "CHF", threshold: "1" }),
      await given({ currency: "CHF" }),
      await given({ currency: "CHF" }),
    ].map(({ id }) => id);
    const list = (some: object) => listBuckets(ctx, listBucketsInputSchema.parse(some));
    expect((await list({ currency: "CHF", state: "breached" })).items).toMatchObject([{ id: made[0] }]);
    const first = await list({ currency: "CHF", limit: 2 });
    expect(first).toMatchObject({ items: [{ id: made[2] }, { id: made[1] }], total: 3 });
    const second = await list({ currency: "CHF", limit: 2, cursor: first.nextCursor });
    expect(second).toMatchObject({ items: [{ id: made[0] }], nextCursor: null });
  });
});
