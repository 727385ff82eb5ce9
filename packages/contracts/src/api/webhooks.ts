import { z } from "zod";

/** https://pusher.com/docs/channels/server_api/webhooks/ What Pusher may add one day is left out. */
export const pusherWebhookInputSchema = z.object({
  time_ms: z
    .int()
    .min(0)
    .describe("When it happened. Milliseconds since 1970")
    .meta({ examples: [1_795_426_200_000] }),
  events: z
    .array(
      z.object({
        name: z
          .string()
          .max(100)
          .describe("What happened")
          .meta({ examples: ["channel_occupied"] }),
        channel: z
          .string()
          .max(200)
          .optional()
          .describe("Where")
          .meta({ examples: ["private-user-0198c0de-0000-7000-8000-000000000000"] }),
      }),
    )
    .min(1)
    .max(1000)
    .describe("What happened, in order")
    .meta({
      examples: [
        [{ name: "channel_occupied", channel: "private-user-0198c0de-0000-7000-8000-000000000000" }],
      ],
    }),
});
export type PusherWebhookInput = z.infer<typeof pusherWebhookInputSchema>;
