import { pushPlatforms } from "@tocsin/contracts/channels";
import { registerDeviceInputSchema, type PushTokensInput } from "@tocsin/contracts/api/devices";
import type { Profile } from "@tocsin/contracts/api/users";
import { inTransaction } from "@tocsin/db/transaction";
import { type Context, currentUserId } from "../context.ts";
import { getCurrentUser } from "../users/get-current-user.ts";
import { disableDevices } from "./disable-devices.ts";
import { saveDevice } from "./save-device.ts";

/** For each platform: a token registers the device, null stops all of the caller's, absent leaves things as they are. */
export async function setPushTokens(ctx: Context, input: PushTokensInput): Promise<Profile> {
  const userId = currentUserId(ctx);
  await inTransaction(ctx.db, async (tx) => {
    for (const platform of pushPlatforms) {
      const token = input[platform];
      if (token === null) await disableDevices(tx, ctx, { userId, platform, reason: "removed" });
      else if (token !== undefined) {
        await saveDevice(tx, ctx, registerDeviceInputSchema.parse({ platform, token }));
      }
    }
  });
  return getCurrentUser(ctx);
}
