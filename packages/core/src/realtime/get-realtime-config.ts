import type { RealtimeConfig } from "@tocsin/contracts/api/system";
import { userChannel } from "@tocsin/contracts/realtime";
import type { Context } from "../context.ts";

/** How a client connects for realtime alerts: Pusher's cloud, or whatever stands in for it. */
export function getRealtimeConfig(ctx: Context): RealtimeConfig {
  return {
    ...ctx.settings.realtime,
    channel: userChannel("{userId}"),
    authEndpoint: "/api/v1/users/me/pusher-auth",
    userAuthEndpoint: "/api/v1/users/me/pusher-user-auth",
  };
}
