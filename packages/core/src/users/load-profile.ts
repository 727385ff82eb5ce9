import { userChannel } from "@tocsin/contracts/realtime";
import type { Profile } from "@tocsin/contracts/api/users";
import { toCurrentUser, type UserWithRoles } from "../auth/load-account.ts";
import type { Context } from "../context.ts";
import { summariseDevices } from "../devices/device-view.ts";
import { findPresent } from "../presence/find-present.ts";

/** A user as they see themselves, with how they are reached. */
export async function loadProfile(ctx: Context, account: UserWithRoles): Promise<Profile> {
  const { id } = account;
  const [devices, present] = await Promise.all([summariseDevices(ctx.pool, id), findPresent(ctx, [id])]);
  return {
    ...toCurrentUser(account),
    ...devices,
    pusherChannels: present.has(id) ? [userChannel(id)] : [],
  };
}
