import type { DeviceList } from "@tocsin/contracts/api/devices";
import { type Context, currentUserId } from "../context.ts";
import { toDevice } from "./device-view.ts";

/** The most that are shown: many more than can be in use. */
const shown = 100;

/** The caller's devices, the one seen last first; those out of use too. */
export async function listDevices(ctx: Context): Promise<DeviceList> {
  const rows = await ctx.db.device.findMany({
    where: { userId: currentUserId(ctx) },
    orderBy: [{ lastSeenAt: "desc" }, { id: "desc" }],
    take: shown,
  });
  return { items: rows.map(toDevice) };
}
