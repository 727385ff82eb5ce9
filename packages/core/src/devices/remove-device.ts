import { DomainError } from "@tocsin/contracts/errors";
import { inTransaction } from "@tocsin/db/transaction";
import { type Context, currentUserId } from "../context.ts";
import { disableDevices } from "./disable-devices.ts";

/**
 * Takes one of the caller's devices out of use. It comes back when its app registers it again.
 * @throws DomainError DEVICE_NOT_FOUND, also for one that is out of use already
 */
export async function removeDevice(ctx: Context, { id }: { id: string }): Promise<void> {
  const userId = currentUserId(ctx);
  const count = await inTransaction(ctx.db, (tx) =>
    disableDevices(tx, ctx, { userId, id, reason: "removed" }),
  );
  if (count === 0) throw new DomainError("DEVICE_NOT_FOUND");
}
