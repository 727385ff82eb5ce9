import type { BalanceEntryKind, Transaction } from "@tocsin/db/client";
import { newId } from "@tocsin/db/ids";
import { hashOf } from "../events/hash.ts";

/** What is known of a change once the bucket has its new balance. */
export interface MadeChange {
  bucketId: string;
  kind: BalanceEntryKind;
  /** A decimal. */
  balanceBefore: string;
  createdBy: string;
  idempotencyKey?: string | undefined;
}

/** Writes down what brought a bucket, locked by this transaction, from one balance to the one it has now. */
export async function recordEntry(tx: Transaction, change: MadeChange): Promise<void> {
  const { bucketId, kind, balanceBefore, createdBy, idempotencyKey = null } = change;
  const hash = idempotencyKey === null ? null : hashOf(idempotencyKey);
  await tx.$executeRaw`
    INSERT INTO bucket_balance_entry
      (id, bucketId, kind, amount, balanceAfter, idempotencyKey, idempotencyHash, createdBy, createdAt)
    SELECT ${newId()}, id, ${kind}, currentBalance - CAST(${balanceBefore} AS DECIMAL(19,4)), currentBalance,
      ${idempotencyKey}, ${hash}, ${createdBy}, UTC_TIMESTAMP(3)
      FROM transfer_bucket WHERE id = ${bucketId}`;
}
