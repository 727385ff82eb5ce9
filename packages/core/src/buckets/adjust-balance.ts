import type { AdjustBalanceInput, TransferBucket } from "@tocsin/contracts/api/transfer-buckets";
import type { Context } from "../context.ts";
import { changeBalance } from "./change-balance.ts";

/**
 * Adds to a bucket's balance, or takes from it.
 * @throws DomainError BUCKET_NOT_FOUND, BALANCE_OUT_OF_RANGE, IDEMPOTENCY_KEY_REUSED
 */
export async function adjustBalance(ctx: Context, input: AdjustBalanceInput): Promise<TransferBucket> {
  const { id, amount, idempotencyKey } = input;
  return changeBalance(ctx, { id, kind: "adjustment", value: amount, pointer: "/amount", idempotencyKey });
}
