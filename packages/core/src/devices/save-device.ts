import { pushChannelOf } from "@tocsin/contracts/channels";
import { maximumDevices, type RegisterDeviceInput } from "@tocsin/contracts/api/devices";
import { type Device, Prisma, type Transaction } from "@tocsin/db/client";
import { newId } from "@tocsin/db/ids";
import { recordAudit } from "../audit/record-audit.ts";
import { type Context, currentUserId } from "../context.ts";
import { hashOf } from "../events/hash.ts";

/**
 * Registers a device of the caller, or tells that it is still there. A token belongs to one user at a time: whoever
 * registers it last gets its push notifications. It
 * belongs to the session in which it is registered, and is proven by it. Of more devices than a user may have, those not seen for longest stop.
 */
export async function saveDevice(
  tx: Transaction,
  ctx: Context,
  { platform, token: given, environment, topic, name, locale }: RegisterDeviceInput,
): Promise<Device> {
  // Hexadecimal means the same in capitals: one phone is one device.
  const { isTokenCaseless } = pushChannelOf(platform);
  const token = isTokenCaseless ? given.toLowerCase() : given;
  const userId = currentUserId(ctx);
  const sessionId = ctx.actor.type === "user" ? (ctx.actor.session?.id ?? null) : null;
  const tokenHash = new Uint8Array(hashOf(platform, token));
  const fields = { userId, platform, token, environment, topic, name, locale };
  const before = await tx.device.findUnique({ where: { tokenHash } });
  await tx.$executeRaw`
    INSERT INTO device
      (id, userId, platform, tokenHash, token, environment, topic, name, locale, sessionId, createdAt, lastSeenAt)
    VALUES (${newId()}, ${userId}, ${platform}, ${tokenHash}, ${token}, ${environment}, ${topic}, ${name}, ${locale},
            ${sessionId}, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))
    ON DUPLICATE KEY UPDATE userId = VALUES(userId), environment = VALUES(environment), topic = VALUES(topic),
      name = VALUES(name), locale = VALUES(locale), lastSeenAt = VALUES(lastSeenAt), disabledAt = NULL,
      disabledReason = NULL, sessionId = VALUES(sessionId), unprovenSince = NULL`;
  const device = await tx.device.findUniqueOrThrow({ where: { tokenHash } });
  if (isTokenCaseless) await disableOtherSpellings(tx, device);
  await disableSurplus(tx, userId);
  const isNew = before?.userId !== userId || before.disabledAt !== null;
  if (isNew) {
    const { token: _token, ...told } = fields;
    await recordAudit(tx, ctx, {
      action: "device.registered",
      resourceType: "device",
      resourceId: device.id,
      ...(before && { before: { userId: before.userId } }),
      after: told,
    });
  }
  return device;
}

/** The version before took a token in capitals for another device: it would ring twice. */
async function disableOtherSpellings(
  tx: Transaction,
  { id, userId, platform, token }: Device,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE device SET disabledAt = UTC_TIMESTAMP(3), disabledReason = 'registered_again'
     WHERE userId = ${userId} AND disabledAt IS NULL AND platform = ${platform} AND id <> ${id} AND LOWER(token) = ${token}`;
}

async function disableSurplus(tx: Transaction, userId: string): Promise<void> {
  const surplus = await tx.device.findMany({
    where: { userId, disabledAt: null },
    orderBy: [{ lastSeenAt: "desc" }, { id: "desc" }],
    skip: maximumDevices,
    select: { id: true },
  });
  if (surplus.length === 0) return;
  await tx.$executeRaw`
    UPDATE device SET disabledAt = UTC_TIMESTAMP(3), disabledReason = 'too_many_devices'
     WHERE id IN (${Prisma.join(surplus.map(({ id }) => id))})`;
}
