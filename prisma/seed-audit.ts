import type { Prisma, Transaction } from "@tocsin/db/client";
import { newId } from "@tocsin/db/ids";

/** Notes in the audit log what the seed created, in the transaction that creates it. */
export async function auditCreation(
  tx: Transaction,
  resourceType: "role" | "rule" | "user",
  resourceId: string,
  after: Prisma.InputJsonObject,
): Promise<void> {
  await tx.auditLog.create({
    data: {
      id: newId(),
      action: `${resourceType}.created`,
      actorType: "system",
      actorLabel: "seed",
      resourceType,
      resourceId,
      after,
      timestamp: new Date(),
    },
  });
}
