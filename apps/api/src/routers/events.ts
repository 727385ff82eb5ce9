import { idParametersSchema } from "@tocsin/contracts/api/common";
import { eventExplanationSchema, explainEventInputSchema } from "@tocsin/contracts/api/event-explanations";
import {
  eventPageSchema,
  eventSchema,
  listEventsInputSchema,
  maximumBatchBytes,
  maximumBatchValues,
  maximumEventBytes,
  sendEventInputSchema,
  sendEventsInputSchema,
  sentBatchSchema,
  sentEventSchema,
} from "@tocsin/contracts/api/events";
import { explainEvent } from "@tocsin/core/events/explain-event";
import { getEvent } from "@tocsin/core/events/get-event";
import { listEvents } from "@tocsin/core/events/list-events";
import { sendEvent } from "@tocsin/core/events/send-event";
import { sendEvents } from "@tocsin/core/events/send-events";
import { procedure, router } from "../trpc/init.ts";

const tags = ["Events"];

/** Deep enough that an event that nests too deeply is refused by itself, not with its whole batch. */
const batchDepth = 64;

export const eventsRouter = router({
  send: procedure("events:send")
    .meta({
      limit: "events",
      openapi: {
        method: "POST",
        path: "/events",
        tags,
        summary: "Send an event",
        description:
          "Answers once the event is committed: from then on it is not lost. Sending it again with the same idempotency key and source does nothing. With a `ce-specversion` header the request is a CloudEvent in binary mode: its attributes are headers, and the body is its data.",
      },
      successStatus: 202,
      location: "/events/{id}",
      bodyLimit: maximumEventBytes,
      exactNumbers: true,
      idempotencyHeader: true,
      cloudEvents: "one",
    })
    .input(sendEventInputSchema)
    .output(sentEventSchema)
    .mutation(({ ctx, input }) => sendEvent(ctx.verb, input)),

  sendBatch: procedure("events:send")
    .meta({
      limit: "events",
      openapi: {
        method: "POST",
        path: "/events/batch",
        tags,
        summary: "Send many events",
        description:
          "Answers once the events are committed, with a result for each: an event that is refused does not hold up the others. Each may have its own idempotency key.",
      },
      successStatus: 202,
      answerIsNotKept: true,
      bodyLimit: maximumBatchBytes,
      bodyDepth: batchDepth,
      bodyValues: maximumBatchValues,
      exactNumbers: true,
      batchField: "events",
      cloudEvents: "many",
    })
    .input(sendEventsInputSchema)
    .output(sentBatchSchema)
    .mutation(({ ctx, input }) => sendEvents(ctx.verb, input)),

  list: procedure("events:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/events",
        tags,
        summary: "List events",
        description:
          "The events that pass every filter given, newest first, without their payloads. By type or status in the order of their times, all together in that of their ids. A key that is bound to a source sees events of that source only, and says type or status.",
      },
    })
    .input(listEventsInputSchema)
    .output(eventPageSchema)
    .query(({ ctx, input }) => listEvents(ctx.verb, input)),

  get: procedure("events:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/events/{id}",
        tags,
        summary: "Get an event",
        description:
          "The event, how far it got, and what was decided for each rule that matched. Events of another source are not found by a key that is bound to one.",
      },
    })
    .input(idParametersSchema)
    .output(eventSchema)
    .query(({ ctx, input }) => getEvent(ctx.verb, input)),

  explain: procedure("events:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/events/{id}/explain",
        tags,
        summary: "Explain an event",
        description:
          "Why the event raised an alert by a rule, or did not: every part of the condition that was in force when it was processed and what it came to, then what each gate decided. Without a rule: those that matched, and those that nearly did. Of a resolve event: the alerts that it ended. Needs the permission `rules:read` as well.",
      },
    })
    .input(explainEventInputSchema)
    .output(eventExplanationSchema)
    .query(({ ctx, input }) => explainEvent(ctx.verb, input)),
});
