import { bumpVersion } from "@tocsin/core/directory/bump-version";
import { hashOf } from "@tocsin/core/events/hash";
import { newId } from "@tocsin/db/ids";
import type { System } from "../../tests/support/system.ts";

/** Makes a role with so many holders. @returns their ids */
export async function givePeople({ db }: System, role: string, count: number): Promise<string[]> {
  const roleId = newId();
  const ids = Array.from({ length: count }, () => newId());
  await db.role.create({ data: { id: roleId, name: role, description: "", permissions: [] } });
  await db.user.createMany({
    data: ids.map((id) => ({ id, email: `${id}@example.com`, passwordHash: "", status: "active" as const })),
  });
  await db.userInbox.createMany({ data: ids.map((userId) => ({ userId })) });
  await db.userRole.createMany({ data: ids.map((userId) => ({ userId, roleId })) });
  await bumpVersion(db, "directory");
  return ids;
}

/** Gives each person one phone of a platform, and takes all others out of use. */
export async function givePhones(
  { db }: System,
  userIds: readonly string[],
  platform: "fcm" | "apns",
): Promise<void> {
  const now = new Date();
  await db.device.updateMany({ data: { disabledAt: now, disabledReason: "bench" } });
  await db.device.createMany({
    data: userIds.map((userId, index) => {
      const token = platform === "fcm" ? `phone-${userId}` : index.toString(16).padStart(64, "0");
      const tokenHash = new Uint8Array(hashOf(platform, token));
      return { id: newId(), userId, platform, token, tokenHash, createdAt: now, lastSeenAt: now };
    }),
  });
}
