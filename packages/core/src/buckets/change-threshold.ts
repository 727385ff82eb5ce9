import type { ChangeThresholdInput, TransferBucket } from "@tocsin/contracts/api/transfer-buckets";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import type { Context } from "../context.ts";
import { amountsOf } from "./bucket-view.ts";
import { checkedBucket } from "./checked-bucket.ts";
import { lockBucket } from "./lock-bucket.ts";

/**
 * Sets below which balance a bucket is breached, and how far above it a breach is over.
 * @throws DomainError BUCKET_NOT_FOUND
 */
export async function changeThreshold(ctx: Context, input: ChangeThresholdInput): Promise<TransferBucket> {
  const { id, threshold } = input;
  await inTransaction(ctx.db, async (tx) => {
    const before = amountsOf(await lockBucket(tx, id));
    const hysteresis = input.hysteresis ?? before.hysteresis;
    await tx.$executeRaw`
      UPDATE transfer_bucket
         SET threshold = CAST(${threshold} AS DECIMAL(19,4)), hysteresis = CAST(${hysteresis} AS DECIMAL(19,4)),
             updatedAt = UTC_TIMESTAMP(3)
       WHERE id = ${id}`;
    await recordAudit(tx, ctx, {
      action: "transfer_bucket.threshold_changed",
      resourceType: "transfer_bucket",
      resourceId: id,
      before: { threshold: before.threshold, hysteresis: before.hysteresis },
      after: { threshold, hysteresis },
    });
  });
  return checkedBucket(ctx, id);
}
