import { idParametersSchema } from "@tocsin/contracts/api/common";
import { eventSchema, sendEventInputSchema, sentEventSchema } from "@tocsin/contracts/api/events";
import { getEvent } from "@tocsin/core/events/get-event";
import { sendEvent } from "@tocsin/core/events/send-event";
import { procedure, router } from "../trpc/init.ts";

const tags = ["Events"];

/** The most that the body of one event may have. Bytes. */
const eventBodyLimit = 512 * 1024;

export const eventsRouter = router({
  send: procedure("events:send")
    .meta({
      openapi: {
        method: "POST",
        path: "/events",
        tags,
        summary: "Send an event",
        description:
          "Answers once the event is committed: from then on it is not lost. Sending it again with the same idempotency key and source does nothing.",
      },
      successStatus: 202,
      location: "/events/{id}",
      bodyLimit: eventBodyLimit,
      idempotencyHeader: true,
    })
    .input(sendEventInputSchema)
    .output(sentEventSchema)
    .mutation(({ ctx, input }) => sendEvent(ctx.verb, input)),

  get: procedure("events:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/events/{id}",
        tags,
        summary: "Get an event",
        description: "The event, how far it got, and what was decided for each rule that matched.",
      },
    })
    .input(idParametersSchema)
    .output(eventSchema)
    .query(({ ctx, input }) => getEvent(ctx.verb, input)),
});
