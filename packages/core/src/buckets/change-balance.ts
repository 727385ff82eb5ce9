import type { TransferBucket } from "@tocsin/contracts/api/transfer-buckets";
import { DomainError } from "@tocsin/contracts/errors";
import { type BucketBalanceEntry, Prisma, type Transaction } from "@tocsin/db/client";
import { isDataError } from "@tocsin/db/errors";
import { inTransaction } from "@tocsin/db/transaction";
import { type AuditAction, recordAudit } from "../audit/record-audit.ts";
import { type Context, currentUserId } from "../context.ts";
import { hashOf } from "../events/hash.ts";
import { toAmount } from "./bucket-view.ts";
import { checkedBucket } from "./checked-bucket.ts";
import { lockBucket } from "./lock-bucket.ts";
import { recordEntry } from "./record-entry.ts";

/** A change of a bucket's balance as it is asked for. */
export interface BalanceChange {
  id: string;
  kind: "set" | "adjustment";
  /** The new balance, or what is added to it: a decimal. */
  value: string;
  /** Where `value` stood in the request. */
  pointer: string;
  idempotencyKey?: string | undefined;
}

const auditActions = {
  set: "transfer_bucket.balance_set",
  adjustment: "transfer_bucket.balance_adjusted",
} as const satisfies Record<BalanceChange["kind"], AuditAction>;

/**
 * Changes a bucket's balance, once for each idempotency key. Changes of one bucket take turns: none is lost.
 * @throws DomainError BUCKET_NOT_FOUND, BALANCE_OUT_OF_RANGE, IDEMPOTENCY_KEY_REUSED
 */
export async function changeBalance(ctx: Context, change: BalanceChange): Promise<TransferBucket> {
  const { id, kind, idempotencyKey } = change;
  const createdBy = currentUserId(ctx);
  await inTransaction(ctx.db, async (tx) => {
    const balanceBefore = toAmount((await lockBucket(tx, id)).currentBalance);
    if (await wasMade(tx, change)) return;
    await write(tx, change);
    await recordEntry(tx, { bucketId: id, kind, balanceBefore, createdBy, idempotencyKey });
    const { currentBalance } = await tx.transferBucket.findUniqueOrThrow({ where: { id } });
    await recordAudit(tx, ctx, {
      action: auditActions[kind],
      resourceType: "transfer_bucket",
      resourceId: id,
      before: { currentBalance: balanceBefore },
      after: { currentBalance: toAmount(currentBalance) },
    });
  });
  return checkedBucket(ctx, id);
}

/** Whether this change was made before. @throws DomainError IDEMPOTENCY_KEY_REUSED where another one was */
async function wasMade(tx: Transaction, change: BalanceChange): Promise<boolean> {
  const { id, idempotencyKey } = change;
  if (idempotencyKey === undefined) return false;
  const idempotencyHash = new Uint8Array(hashOf(idempotencyKey));
  const entry = await tx.bucketBalanceEntry.findUnique({
    where: { bucketId_idempotencyHash: { bucketId: id, idempotencyHash } },
  });
  if (!entry) return false;
  if (!isSame(entry, change)) throw new DomainError("IDEMPOTENCY_KEY_REUSED");
  return true;
}

function isSame(entry: BucketBalanceEntry, { kind, value }: BalanceChange): boolean {
  const asked = kind === "set" ? entry.balanceAfter : entry.amount;
  return entry.kind === kind && asked.equals(new Prisma.Decimal(value));
}

async function write(tx: Transaction, { id, kind, value, pointer }: BalanceChange): Promise<void> {
  const amount = Prisma.sql`CAST(${value} AS DECIMAL(19,4))`;
  const balance = kind === "set" ? amount : Prisma.sql`currentBalance + ${amount}`;
  try {
    await tx.$executeRaw`
      UPDATE transfer_bucket SET currentBalance = ${balance}, updatedAt = UTC_TIMESTAMP(3) WHERE id = ${id}`;
  } catch (error) {
    if (!isDataError(error)) throw error;
    const message = "The balance would have more than 15 digits before the point";
    throw new DomainError("BALANCE_OUT_OF_RANGE", { detail: message, errors: [{ pointer, message }] });
  }
}
