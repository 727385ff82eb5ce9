import type { TransferBucket } from "@tocsin/contracts/api/transfer-buckets";
import type { Context } from "../context.ts";
import { checkBuckets } from "./check-buckets.ts";
import { getBucket } from "./get-bucket.ts";

/**
 * A bucket that was just changed, checked at once: whoever crosses the threshold need not wait for the monitor, which
 * makes up for a check that fails here.
 */
export async function checkedBucket(ctx: Context, id: string): Promise<TransferBucket> {
  try {
    await checkBuckets(ctx, [id]);
  } catch (error) {
    ctx.log.warn("A transfer bucket was not checked; the monitor will do it", { bucketId: id, error });
  }
  return getBucket(ctx, { id });
}
