import type { Device as DeviceView, PushTokens } from "@tocsin/contracts/api/devices";
import type { Database, Device } from "@tocsin/db/client";

/** A device as its owner sees it; its token stays where it is. */
export function toDevice(row: Device): DeviceView {
  return {
    id: row.id,
    platform: row.platform,
    environment: row.environment,
    topic: row.topic,
    name: row.name,
    locale: row.locale,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    disabledAt: row.disabledAt?.toISOString() ?? null,
    disabledReason: row.disabledReason,
  };
}

/** The tokens of the devices that a user was seen on last, one of each platform. */
export async function loadPushTokens(db: Pick<Database, "device">, userId: string): Promise<PushTokens> {
  const devices = await db.device.findMany({
    where: { userId, disabledAt: null },
    orderBy: [{ lastSeenAt: "desc" }, { id: "desc" }],
    select: { platform: true, token: true },
  });
  const tokenOf = (platform: "fcm" | "apns") =>
    devices.find((device) => device.platform === platform)?.token ?? null;
  return { fcm: tokenOf("fcm"), apns: tokenOf("apns") };
}
