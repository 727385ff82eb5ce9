import type { Transaction } from "@tocsin/db/client";
import { DomainError } from "@tocsin/contracts/errors";
import type { Pool } from "@tocsin/db/pool";
import type { Logger } from "@tocsin/platform/logger";
import type { ObjectStorage } from "@tocsin/platform/object-storage";

/** What is needed to delete what no sound has. */
export interface OrphanServices {
  pool: Pool;
  objects: ObjectStorage;
  log: Logger;
}

/** How long an upload may take before its object counts as forgotten. Minutes. */
const uploadMinutes = 10;

/** How many are looked at by one sweep. */
const sweepSize = 20;

/** Notes an object before it is stored: whatever happens then, it is either taken by a sound or deleted. */
export async function noteUpload(pool: Pool, objectKey: string): Promise<void> {
  await pool.query(
    `INSERT INTO orphan_object (objectKey, state, dueAt)
     VALUES (?, 'uploading', UTC_TIMESTAMP(3) + INTERVAL ${uploadMinutes} MINUTE)`,
    [objectKey],
  );
}

/**
 * Gives a stored object to the sound that is written in this transaction.
 * @throws DomainError UNAVAILABLE where it took so long that the object is being deleted
 */
export async function takeObject(tx: Transaction, objectKey: string): Promise<void> {
  const taken =
    await tx.$executeRaw`DELETE FROM orphan_object WHERE objectKey = ${objectKey} AND state = 'uploading'`;
  if (taken === 0) throw new DomainError("UNAVAILABLE", { detail: "The upload took too long. Try again" });
}

/** Leaves the object of a sound that is deleted in this transaction to be deleted after it. */
export async function leaveObject(tx: Transaction, objectKey: string): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO orphan_object (objectKey, state, dueAt) VALUES (${objectKey}, 'deleting', UTC_TIMESTAMP(3))`;
}

/**
 * Deletes an object unless a sound has it. Never throws: what cannot be deleted now is deleted by the sweep.
 * @param isSettled false where the object may still arrive: the sweep then deletes it once more
 */
export async function deleteObject(
  { pool, objects, log }: OrphanServices,
  objectKey: string,
  { isSettled = true }: { isSettled?: boolean } = {},
): Promise<boolean> {
  try {
    // From now on no sound can take it; and nobody else deletes it for a while.
    const { affectedRows } = await pool.query<{ affectedRows: number }>(
      `UPDATE orphan_object SET state = 'deleting', dueAt = UTC_TIMESTAMP(3) + INTERVAL ${uploadMinutes} MINUTE
       WHERE objectKey = ?`,
      [objectKey],
    );
    if (affectedRows === 0) return false;
    await objects.delete(objectKey);
    if (isSettled) await pool.query("DELETE FROM orphan_object WHERE objectKey = ?", [objectKey]);
    return true;
  } catch (error) {
    log.warn("An object could not be deleted; it is tried again", { objectKey, error });
    return false;
  }
}

/**
 * Deletes the objects that nobody will ever take: of uploads that ended in between, and of deleted sounds.
 * @returns how many were deleted
 */
export async function deleteOrphanObjects(services: OrphanServices): Promise<number> {
  const rows = await services.pool.query<{ objectKey: string }[]>(
    "SELECT objectKey FROM orphan_object WHERE dueAt <= UTC_TIMESTAMP(3) ORDER BY dueAt LIMIT ?",
    [sweepSize],
  );
  const results = await Promise.all(rows.map(({ objectKey }) => deleteObject(services, objectKey)));
  return results.filter(Boolean).length;
}
