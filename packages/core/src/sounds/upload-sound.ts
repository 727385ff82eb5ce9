import { createHash } from "node:crypto";
import { isBundledSound } from "@tocsin/contracts/bundled-sounds";
import type { Sound, UploadSoundInput } from "@tocsin/contracts/api/sounds";
import { DomainError } from "@tocsin/contracts/errors";
import type { Sound as SoundRow } from "@tocsin/db/client";
import { isUniqueViolation } from "@tocsin/db/errors";
import { newId } from "@tocsin/db/ids";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import { type Context, currentUserId } from "../context.ts";
import { checkSound } from "./check-sound.ts";
import { cleanFileName } from "./clean-file-name.ts";
import { deleteObject, noteUpload, takeObject } from "./orphan-objects.ts";
import { toSound } from "./sound-view.ts";

/**
 * Keeps a sound for rules to name. The object is stored first, under a key of our own, then the row that makes it a
 * sound is written; where either fails, or the caller goes away meanwhile, neither remains.
 * @param signal ends the upload while nothing is decided yet
 * @throws DomainError VALIDATION_FAILED, PAYLOAD_TOO_LARGE, UNPLAYABLE_SOUND, SOUND_NAME_TAKEN, UNAVAILABLE
 */
export async function uploadSound(
  ctx: Context,
  { file }: UploadSoundInput,
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<Sound> {
  const content = Buffer.from(await file.arrayBuffer());
  const { contentType, extension } = await checkSound(content);
  const name = cleanFileName(file.name, extension);
  await refuseTakenName(ctx, name);

  const id = newId();
  const row: SoundRow = {
    ...{ id, name, contentType },
    objectKey: `sounds/${id}${extension}`,
    bytes: content.length,
    sha256: new Uint8Array(createHash("sha256").update(content).digest()),
    createdBy: currentUserId(ctx),
    createdAt: ctx.clock(),
  };
  await store(ctx, row, content, signal);
  await record(ctx, row);
  return toSound(ctx.objects, row);
}

async function refuseTakenName(ctx: Context, name: string): Promise<void> {
  if (isBundledSound(name)) throw nameTaken(`${name} comes with the apps`);
  if ((await ctx.db.sound.count({ where: { name } })) > 0)
    throw nameTaken(`There is a sound ${name} already`);
}

async function store(
  ctx: Context,
  { objectKey: key, contentType }: SoundRow,
  content: Buffer,
  signal: AbortSignal | undefined,
): Promise<void> {
  await noteUpload(ctx.pool, key);
  try {
    await ctx.objects.put({ key, content, contentType }, signal);
    signal?.throwIfAborted();
  } catch (error) {
    await deleteObject(ctx, key, { isSettled: false });
    throw error;
  }
}

async function record(ctx: Context, row: SoundRow): Promise<void> {
  const { id, name, objectKey, contentType, bytes, sha256 } = row;
  try {
    await inTransaction(ctx.db, async (tx) => {
      await takeObject(tx, objectKey);
      await tx.sound.create({ data: row });
      await recordAudit(tx, ctx, {
        action: "sound.uploaded",
        resourceType: "sound",
        resourceId: id,
        after: { name, contentType, bytes, sha256: Buffer.from(sha256).toString("hex") },
      });
    });
  } catch (error) {
    // Does nothing where the answer to the commit is all that was lost.
    await deleteObject(ctx, objectKey);
    if (isUniqueViolation(error)) throw nameTaken(`There is a sound ${name} already`, error);
    throw error;
  }
}

function nameTaken(message: string, cause?: unknown): DomainError {
  const errors = [{ pointer: "/file", message, code: "taken" }];
  return new DomainError("SOUND_NAME_TAKEN", { detail: message, errors, cause });
}
