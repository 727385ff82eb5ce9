import type { Prisma, Transaction } from "@tocsin/db/client";
import { recordAudit } from "../audit/record-audit.ts";
import type { Context } from "../context.ts";

/** Why a device gets nothing any more. */
export type DisableReason =
  | "removed"
  | "logged_out"
  | "logged_out_everywhere"
  | "password_reset"
  | "user_disabled"
  | "token_reused";

/**
 * Takes devices of a user out of use.
 * @returns how many were in use
 */
export async function disableDevices(
  tx: Transaction,
  ctx: Context,
  { userId, reason, ...which }: { userId: string; reason: DisableReason } & Prisma.DeviceWhereInput,
): Promise<number> {
  const devices = await tx.device.findMany({
    where: { ...which, userId, disabledAt: null },
    select: { id: true, platform: true },
  });
  await tx.device.updateMany({
    where: { id: { in: devices.map(({ id }) => id) } },
    data: { disabledAt: ctx.clock(), disabledReason: reason },
  });
  for (const { id, platform } of devices) {
    await recordAudit(tx, ctx, {
      action: "device.disabled",
      resourceType: "device",
      resourceId: id,
      userId,
      metadata: { platform, reason },
    });
  }
  return devices.length;
}
