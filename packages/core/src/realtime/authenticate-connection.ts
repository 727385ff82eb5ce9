import { createHmac } from "node:crypto";
import type { PusherUserAuth, PusherUserAuthInput } from "@tocsin/contracts/api/users";
import { type Context, currentUserId } from "../context.ts";

/**
 * Signs the caller in on a Pusher connection of theirs, so that it can be ended with their access.
 * https://pusher.com/docs/channels/server_api/authenticating-users/
 */
export function authenticateConnection(ctx: Context, { socket_id }: PusherUserAuthInput): PusherUserAuth {
  const { key, secret } = ctx.realtimeKeys;
  const user_data = JSON.stringify({ id: currentUserId(ctx) });
  const signature = createHmac("sha256", secret).update(`${socket_id}::user::${user_data}`).digest("hex");
  return { auth: `${key}:${signature}`, user_data };
}
