import type { BalanceEntry, TransferBucket } from "@tocsin/contracts/api/transfer-buckets";
import type { BucketBalanceEntry, Prisma, TransferBucket as TransferBucketRow } from "@tocsin/db/client";

/** A sum of money as the API shows it: exact, always with four decimals. */
export function toAmount(value: Prisma.Decimal): string {
  return value.toFixed(4);
}

/** A bucket as the API shows it. */
export function toBucket(row: TransferBucketRow): TransferBucket {
  const { id, name, currency, state } = row;
  return {
    ...{ id, name, currency, state },
    ...amountsOf(row),
    stateChangedAt: row.stateChangedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** A bucket's sums. */
export function amountsOf({ currentBalance, threshold, hysteresis }: TransferBucketRow) {
  return {
    currentBalance: toAmount(currentBalance),
    threshold: toAmount(threshold),
    hysteresis: toAmount(hysteresis),
  };
}

/** A change of a balance as the API shows it. */
export function toBalanceEntry(row: BucketBalanceEntry): BalanceEntry {
  const { id, kind, idempotencyKey, createdBy } = row;
  return {
    ...{ id, kind, idempotencyKey, createdBy },
    amount: toAmount(row.amount),
    balanceAfter: toAmount(row.balanceAfter),
    createdAt: row.createdAt.toISOString(),
  };
}
