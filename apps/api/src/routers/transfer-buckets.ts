import { idParametersSchema } from "@tocsin/contracts/api/common";
import {
  adjustBalanceInputSchema,
  balanceEntryPageSchema,
  bucketPageSchema,
  changeThresholdInputSchema,
  createBucketInputSchema,
  listBalanceEntriesInputSchema,
  listBucketsInputSchema,
  setBalanceInputSchema,
  transferBucketSchema,
} from "@tocsin/contracts/api/transfer-buckets";
import { adjustBalance } from "@tocsin/core/buckets/adjust-balance";
import { changeThreshold } from "@tocsin/core/buckets/change-threshold";
import { createBucket } from "@tocsin/core/buckets/create-bucket";
import { getBucket } from "@tocsin/core/buckets/get-bucket";
import { listBalanceEntries } from "@tocsin/core/buckets/list-balance-entries";
import { listBuckets } from "@tocsin/core/buckets/list-buckets";
import { setBalance } from "@tocsin/core/buckets/set-balance";
import { procedure, router } from "../trpc/init.ts";

const tags = ["Transfer buckets"];

export const transferBucketsRouter = router({
  create: procedure("buckets:manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/transfer-buckets",
        tags,
        summary: "Create a transfer bucket",
        description:
          "When its balance falls below the threshold, an event `bucket.below_threshold` of the source `tocsin` is sent; once it is back, `bucket.recovered`, which resolves the former. Rules decide who is told.",
      },
      successStatus: 201,
      location: "/transfer-buckets/{id}",
    })
    .input(createBucketInputSchema)
    .output(transferBucketSchema)
    .mutation(({ ctx, input }) => createBucket(ctx.verb, input)),

  list: procedure("buckets:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/transfer-buckets",
        tags,
        summary: "List transfer buckets",
        description: "All buckets, newest first, or those in one state or currency.",
      },
    })
    .input(listBucketsInputSchema)
    .output(bucketPageSchema)
    .query(({ ctx, input }) => listBuckets(ctx.verb, input)),

  get: procedure("buckets:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/transfer-buckets/{id}",
        tags,
        summary: "Get a transfer bucket",
        description: "One bucket with its balance and its state.",
      },
    })
    .input(idParametersSchema)
    .output(transferBucketSchema)
    .query(({ ctx, input }) => getBucket(ctx.verb, input)),

  changeThreshold: procedure("buckets:manage")
    .meta({
      openapi: {
        method: "PUT",
        path: "/transfer-buckets/{id}/threshold",
        tags,
        summary: "Change a bucket's threshold",
        description:
          "Sets the threshold and, where it is given, the hysteresis. The balance is checked at once.",
      },
    })
    .input(changeThresholdInputSchema)
    .output(transferBucketSchema)
    .mutation(({ ctx, input }) => changeThreshold(ctx.verb, input)),

  setBalance: procedure("buckets:manage")
    .meta({
      openapi: {
        method: "PUT",
        path: "/transfer-buckets/{id}/balance",
        tags,
        summary: "Set a bucket's balance",
        description: "For those who know the balance. It is checked at once.",
      },
      idempotencyHeader: true,
    })
    .input(setBalanceInputSchema)
    .output(transferBucketSchema)
    .mutation(({ ctx, input }) => setBalance(ctx.verb, input)),

  adjustBalance: procedure("buckets:manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/transfer-buckets/{id}/balance",
        tags,
        summary: "Adjust a bucket's balance",
        description:
          "For those who know the change: adds the amount, or takes it away. Changes at the same time all count. The balance is checked at once.",
      },
      idempotencyHeader: true,
    })
    .input(adjustBalanceInputSchema)
    .output(transferBucketSchema)
    .mutation(({ ctx, input }) => adjustBalance(ctx.verb, input)),

  listEntries: procedure("buckets:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/transfer-buckets/{id}/entries",
        tags,
        summary: "List what changed a bucket's balance",
        description: "Every change, newest first; together they make the balance.",
      },
    })
    .input(listBalanceEntriesInputSchema)
    .output(balanceEntryPageSchema)
    .query(({ ctx, input }) => listBalanceEntries(ctx.verb, input)),
});
