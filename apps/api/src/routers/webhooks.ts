import { okSchema } from "@tocsin/contracts/api/common";
import { pusherWebhookInputSchema } from "@tocsin/contracts/api/webhooks";
import { takePusherWebhook } from "@tocsin/core/presence/take-pusher-webhook";
import { procedure, router } from "../trpc/init.ts";

/** A thousand channels, each with its name and Pusher's around it. Bytes. */
const maximumWebhookBytes = 100 * 1024;

export const webhooksRouter = router({
  pusher: procedure("public")
    .meta({
      openapi: {
        method: "POST",
        path: "/webhooks/pusher",
        tags: ["Webhooks"],
        summary: "Take Pusher's news of open channels",
        description:
          "For Pusher's channel existence webhooks: tells who has a screen open, and so whose phone need not ring at once. Signed by Pusher in the headers `X-Pusher-Key` and `X-Pusher-Signature`; what is older than five minutes is refused, what came before changes nothing.",
      },
      answerIsNotKept: true,
      bodyLimit: maximumWebhookBytes,
    })
    .input(pusherWebhookInputSchema)
    .output(okSchema)
    .mutation(({ ctx, input }) => takePusherWebhook(ctx.verb, input, ctx.signedBody())),
});
