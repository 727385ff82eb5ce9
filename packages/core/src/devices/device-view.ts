import { forEachPlatform, type PushPlatform } from "@tocsin/contracts/channels";
import type { Device as DeviceView, PushTokens } from "@tocsin/contracts/api/devices";
import type { Device } from "@tocsin/db/client";
import type { Queryable } from "@tocsin/db/pool";
import { type DeviceProof, deviceProof } from "./device-proof.ts";

const toldOf = {
  proven: "everything",
  unproven: "existence",
  ended: "nothing",
} as const satisfies Record<DeviceProof, DeviceView["told"]>;

/** A device as its owner sees it; its token stays where it is. */
export function toDevice(row: Device, proof: DeviceProof): DeviceView {
  return {
    id: row.id,
    platform: row.platform,
    environment: row.environment,
    topic: row.topic,
    name: row.name,
    locale: row.locale,
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    told: toldOf[proof],
    disabledAt: row.disabledAt?.toISOString() ?? null,
    disabledReason: row.disabledReason,
  };
}

/** How a user is reached on their devices. */
export interface DeviceSummary {
  /** The tokens of the devices that they were seen on last, one of each platform. */
  pushTokens: PushTokens;
  /** How many are told only that there is an alert. */
  devicesToProve: number;
}

/** The devices of a user that are told anything, in short. */
export async function summariseDevices(db: Queryable, userId: string): Promise<DeviceSummary> {
  const rows = await db.query<{ platform: PushPlatform; token: string; proof: DeviceProof }[]>(
    `SELECT platform, token, ${deviceProof} AS proof FROM device WHERE userId = ? AND disabledAt IS NULL
      ORDER BY lastSeenAt DESC, id DESC`,
    [userId],
  );
  const told = rows.filter(({ proof }) => proof !== "ended");
  const tokenOf = (platform: PushPlatform) =>
    told.find((device) => device.platform === platform)?.token ?? null;
  return {
    pushTokens: forEachPlatform(tokenOf),
    devicesToProve: told.filter(({ proof }) => proof === "unproven").length,
  };
}
