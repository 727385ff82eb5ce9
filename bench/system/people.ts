import { bumpVersion } from "@tocsin/core/directory/bump-version";
import { hashOf } from "@tocsin/core/events/hash";
import { newId } from "@tocsin/db/ids";
import type { System } from "../../tests/support/system.ts";

/**
 * Makes so many people with a role; where there is none of this name it is made, to do what operators do. They log in
 * with the password of all others.
 * @returns their ids
 */
export async function givePeople({ db }: System, roleName: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => newId());
  const { passwordHash } = await db.user.findFirstOrThrow();
  const { permissions } = await db.role.findFirstOrThrow({ where: { name: "Operator" } });
  const role = await db.role.upsert({
    where: { name: roleName },
    create: { id: newId(), name: roleName, description: "", permissions: permissions ?? [] },
    update: {},
  });
  await db.user.createMany({
    data: ids.map((id) => ({ id, email: emailOf(id), passwordHash, status: "active" as const })),
  });
  await db.userInbox.createMany({ data: ids.map((userId) => ({ userId })) });
  await db.userRole.createMany({ data: ids.map((userId) => ({ userId, roleId: role.id })) });
  await bumpVersion(db, "directory");
  return ids;
}

/** The address of a person that was made. */
export function emailOf(id: string): string {
  return `${id}@example.com`;
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
