import { createHmac } from "node:crypto";
import type { PusherAuthInput } from "@tocsin/contracts/api/users";
import { DomainError } from "@tocsin/contracts/errors";
import { userChannel } from "@tocsin/contracts/realtime";
import { type Context, currentUserId } from "../context.ts";

/**
 * Signs the caller's own private channel and no other, as Pusher's "authenticating users" page describes.
 * @throws DomainError CHANNEL_FORBIDDEN
 */
export function authorizeChannel(ctx: Context, input: PusherAuthInput): { auth: string } {
  if (input.channel_name !== userChannel(currentUserId(ctx))) throw new DomainError("CHANNEL_FORBIDDEN");
  const { key, secret } = ctx.realtimeKeys;
  const signature = createHmac("sha256", secret)
    .update(`${input.socket_id}:${input.channel_name}`)
    .digest("hex");
  return { auth: `${key}:${signature}` };
}
