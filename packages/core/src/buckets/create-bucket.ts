import type { CreateBucketInput, TransferBucket } from "@tocsin/contracts/api/transfer-buckets";
import { newId } from "@tocsin/db/ids";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import { type Context, currentUserId } from "../context.ts";
import { checkedBucket } from "./checked-bucket.ts";
import { recordEntry } from "./record-entry.ts";

/** Makes a bucket. One that starts below its threshold is breached from the start. */
export async function createBucket(ctx: Context, input: CreateBucketInput): Promise<TransferBucket> {
  const id = newId();
  const createdBy = currentUserId(ctx);
  await inTransaction(ctx.db, async (tx) => {
    // A decimal as a parameter of its own would be sent as a double.
    await tx.$executeRaw`
      INSERT INTO transfer_bucket (id, name, currency, currentBalance, threshold, hysteresis, createdAt, updatedAt)
      VALUES (${id}, ${input.name}, ${input.currency}, CAST(${input.currentBalance} AS DECIMAL(19,4)),
        CAST(${input.threshold} AS DECIMAL(19,4)), CAST(${input.hysteresis} AS DECIMAL(19,4)),
        UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`;
    await recordEntry(tx, { bucketId: id, kind: "opening", balanceBefore: "0", createdBy });
    await recordAudit(tx, ctx, {
      action: "transfer_bucket.created",
      resourceType: "transfer_bucket",
      resourceId: id,
      after: { ...input },
    });
  });
  return checkedBucket(ctx, id);
}
