import { DomainError } from "@tocsin/contracts/errors";
import type { Transaction } from "@tocsin/db/client";
import { isForeignKeyViolation } from "@tocsin/db/errors";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import type { Context } from "../context.ts";
import { deleteObject, leaveObject } from "./orphan-objects.ts";

/**
 * Deletes a sound that no rule plays, and its object. Deleted rules do not keep it; one that is brought back while
 * its sound is gone is refused.
 * @throws DomainError SOUND_NOT_FOUND, SOUND_IN_USE
 */
export async function deleteSound(ctx: Context, { id }: { id: string }): Promise<void> {
  const objectKey = await deleteRow(ctx, id);
  await deleteObject(ctx, objectKey);
}

async function deleteRow(ctx: Context, id: string): Promise<string> {
  try {
    return await inTransaction(ctx.db, async (tx) => {
      await tx.$queryRaw`SELECT id FROM sound WHERE id = ${id} FOR UPDATE`;
      const row = await tx.sound.findUnique({ where: { id } });
      if (!row) throw new DomainError("SOUND_NOT_FOUND");
      await refuseUsed(tx, id);
      // Not a change of the rule: its own time of change stays.
      await tx.$executeRaw`UPDATE rule SET soundId = NULL WHERE soundId = ${id} AND deletedAt IS NOT NULL`;
      await tx.sound.delete({ where: { id } });
      await leaveObject(tx, row.objectKey);
      const { name, contentType, bytes } = row;
      await recordAudit(tx, ctx, {
        action: "sound.deleted",
        resourceType: "sound",
        resourceId: id,
        before: { name, contentType, bytes, sha256: Buffer.from(row.sha256).toString("hex") },
      });
      return row.objectKey;
    });
  } catch (error) {
    // A rule began to play it between the look and the deletion.
    if (isForeignKeyViolation(error)) throw new DomainError("SOUND_IN_USE", { cause: error });
    throw error;
  }
}

async function refuseUsed(tx: Transaction, soundId: string): Promise<void> {
  const count = await tx.rule.count({ where: { soundId, deletedAt: null } });
  if (count === 0) return;
  throw new DomainError("SOUND_IN_USE", {
    detail: `${count} ${count === 1 ? "rule plays" : "rules play"} it`,
  });
}
