import type { SetBalanceInput, TransferBucket } from "@tocsin/contracts/api/transfer-buckets";
import type { Context } from "../context.ts";
import { changeBalance } from "./change-balance.ts";

/**
 * Sets a bucket's balance to what it is elsewhere.
 * @throws DomainError BUCKET_NOT_FOUND, IDEMPOTENCY_KEY_REUSED
 */
export async function setBalance(ctx: Context, input: SetBalanceInput): Promise<TransferBucket> {
  const { id, balance, idempotencyKey } = input;
  return changeBalance(ctx, { id, kind: "set", value: balance, pointer: "/balance", idempotencyKey });
}
