import type { Page } from "@tocsin/contracts/api/common";
import type { ListBucketsInput, TransferBucket } from "@tocsin/contracts/api/transfer-buckets";
import type { Context } from "../context.ts";
import { cursorId, offsetOf, toPage } from "../paging.ts";
import { toBucket } from "./bucket-view.ts";

/**
 * A page of buckets, newest first.
 * @throws DomainError VALIDATION_FAILED where the cursor is not one of ours
 */
export async function listBuckets(ctx: Context, input: ListBucketsInput): Promise<Page<TransferBucket>> {
  const { state, currency } = input;
  const filter = { ...(state && { state }), ...(currency !== undefined && { currency }) };
  const before = cursorId(input.cursor);
  const [rows, total] = await Promise.all([
    ctx.db.transferBucket.findMany({
      where: { ...filter, ...(before && { id: { lt: before } }) },
      orderBy: { id: "desc" },
      skip: offsetOf(input),
      take: input.limit + 1,
    }),
    before ? undefined : ctx.db.transferBucket.count({ where: filter }),
  ]);
  return toPage(rows.map(toBucket), input, total);
}
