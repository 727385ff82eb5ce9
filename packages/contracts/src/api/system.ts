import { z } from "zod";

export const realtimeConfigSchema = z
  .object({
    key: z
      .string()
      .describe("The public Pusher app key")
      .meta({ examples: ["app-key"] }),
    cluster: z
      .string()
      .describe("The Pusher cluster")
      .meta({ examples: ["eu"] }),
    wsHost: z
      .string()
      .nullable()
      .describe("The host, where it is not Pusher's cloud")
      .meta({ examples: ["127.0.0.1"] }),
    wsPort: z
      .int()
      .nullable()
      .describe("The port, where it is not Pusher's cloud")
      .meta({ examples: [6001] }),
    forceTLS: z
      .boolean()
      .describe("Whether to use wss")
      .meta({ examples: [false] }),
    channel: z
      .string()
      .describe("The channel of a user's notifications")
      .meta({ examples: ["private-user-{userId}"] }),
    authEndpoint: z
      .string()
      .describe("Where to have a channel signed")
      .meta({ examples: ["/api/v1/users/me/pusher-auth"] }),
  })
  .meta({ id: "RealtimeConfig", description: "How a client connects for realtime alerts" });
export type RealtimeConfig = z.infer<typeof realtimeConfigSchema>;

export const healthSchema = z
  .object({ status: z.literal("ok").describe("The process answers") })
  .meta({ id: "Health", description: "The process is alive" });

export const readinessSchema = z
  .object({
    status: z.enum(["ready", "not_ready"]).describe("Whether events can be durably accepted"),
    checks: z
      .record(z.string(), z.enum(["ok", "failed"]))
      .describe("Each thing that was checked")
      .meta({ examples: [{ mysql: "ok" }] }),
  })
  .meta({ id: "Readiness", description: "Whether the service can durably accept events" });
