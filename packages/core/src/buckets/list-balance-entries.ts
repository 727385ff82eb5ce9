import type { Page } from "@tocsin/contracts/api/common";
import type { BalanceEntry, ListBalanceEntriesInput } from "@tocsin/contracts/api/transfer-buckets";
import type { Context } from "../context.ts";
import { cursorId, offsetOf, toPage } from "../paging.ts";
import { toBalanceEntry } from "./bucket-view.ts";
import { getBucket } from "./get-bucket.ts";

/**
 * A page of what changed a bucket's balance, newest first.
 * @throws DomainError BUCKET_NOT_FOUND; VALIDATION_FAILED where the cursor is not one of ours
 */
export async function listBalanceEntries(
  ctx: Context,
  input: ListBalanceEntriesInput,
): Promise<Page<BalanceEntry>> {
  const before = cursorId(input.cursor);
  const filter = { bucketId: (await getBucket(ctx, input)).id };
  const [rows, total] = await Promise.all([
    ctx.db.bucketBalanceEntry.findMany({
      where: { ...filter, ...(before && { id: { lt: before } }) },
      orderBy: { id: "desc" },
      skip: offsetOf(input),
      take: input.limit + 1,
    }),
    before ? undefined : ctx.db.bucketBalanceEntry.count({ where: filter }),
  ]);
  return toPage(rows.map(toBalanceEntry), input, total);
}
