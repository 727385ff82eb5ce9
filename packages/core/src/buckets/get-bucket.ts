import type { TransferBucket } from "@tocsin/contracts/api/transfer-buckets";
import { DomainError } from "@tocsin/contracts/errors";
import type { Context } from "../context.ts";
import { toBucket } from "./bucket-view.ts";

/**
 * One bucket.
 * @throws DomainError BUCKET_NOT_FOUND
 */
export async function getBucket(ctx: Context, { id }: { id: string }): Promise<TransferBucket> {
  const row = await ctx.db.transferBucket.findUnique({ where: { id } });
  if (!row) throw new DomainError("BUCKET_NOT_FOUND");
  return toBucket(row);
}
