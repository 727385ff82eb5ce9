import type { Device, RegisterDeviceInput } from "@tocsin/contracts/api/devices";
import { inTransaction } from "@tocsin/db/transaction";
import type { Context } from "../context.ts";
import { toDevice } from "./device-view.ts";
import { saveDevice } from "./save-device.ts";

/** Registers a device for push notifications. Doing it again, at each start of the app, keeps it in use. */
export async function registerDevice(ctx: Context, input: RegisterDeviceInput): Promise<Device> {
  return toDevice(await inTransaction(ctx.db, (tx) => saveDevice(tx, ctx, input)), "proven");
}
