import type { Sound, SoundType } from "@tocsin/contracts/api/sounds";
import type { Sound as SoundRow } from "@tocsin/db/client";
import type { ObjectStorage } from "@tocsin/platform/object-storage";

/**
 * A sound as the API shows it, with a URL to load it from.
 * @throws DomainError UNAVAILABLE where no object storage is configured
 */
export async function toSound(objects: ObjectStorage, row: SoundRow): Promise<Sound> {
  const { id, name, bytes, createdBy } = row;
  const { url, expiresAt } = await objects.link(row.objectKey);
  return {
    ...{ id, name, bytes, createdBy, url },
    contentType: row.contentType as SoundType,
    sha256: Buffer.from(row.sha256).toString("hex"),
    urlExpiresAt: expiresAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}
