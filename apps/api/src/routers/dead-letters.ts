import { idParametersSchema } from "@tocsin/contracts/api/common";
import {
  deadLetterPageSchema,
  deadLetterSchema,
  listDeadLettersInputSchema,
  redriveAllSchema,
} from "@tocsin/contracts/api/dead-letters";
import { discardDeadLetter } from "@tocsin/core/dead-letters/discard-dead-letter";
import { getDeadLetter } from "@tocsin/core/dead-letters/get-dead-letter";
import { listDeadLetters } from "@tocsin/core/dead-letters/list-dead-letters";
import { redriveAllDeadLetters } from "@tocsin/core/dead-letters/redrive-all-dead-letters";
import { redriveDeadLetter } from "@tocsin/core/dead-letters/redrive-dead-letter";
import { procedure, router } from "../trpc/init.ts";

const tags = ["Dead letters"];

export const deadLettersRouter = router({
  list: procedure("events:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/dead-letters",
        tags,
        summary: "List dead letters",
        description:
          "Events and stream entries that could not be processed, newest first. Not for keys that are bound to a source: they list events with the status dead.",
      },
    })
    .input(listDeadLettersInputSchema)
    .output(deadLetterPageSchema)
    .query(({ ctx, input }) => listDeadLetters(ctx.verb, input)),

  get: procedure("events:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/dead-letters/{id}",
        tags,
        summary: "Get a dead letter",
        description: "One dead letter, with the error of its last try.",
      },
    })
    .input(idParametersSchema)
    .output(deadLetterSchema)
    .query(({ ctx, input }) => getDeadLetter(ctx.verb, input)),

  redriveAll: procedure("dead-letters:manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/dead-letters/redrive",
        tags,
        summary: "Redrive all dead letters",
        description:
          "Gives the events in the dead letter back to the pipeline, the oldest 1,000 a call: call again while `remaining` is not 0. Stream entries that were put aside before they were stored as events (`eventId` is null) stay, and `remaining` does not count them: each is redriven or discarded by its own id.",
      },
    })
    .output(redriveAllSchema)
    .mutation(({ ctx }) => redriveAllDeadLetters(ctx.verb)),

  redrive: procedure("dead-letters:manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/dead-letters/{id}/redrive",
        tags,
        summary: "Redrive a dead letter",
        description:
          "Gives the event back to the pipeline with all its attempts before it. Doing it twice is harmless.",
      },
    })
    .input(idParametersSchema)
    .output(deadLetterSchema)
    .mutation(({ ctx, input }) => redriveDeadLetter(ctx.verb, input)),

  discard: procedure("dead-letters:manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/dead-letters/{id}/discard",
        tags,
        summary: "Discard a dead letter",
        description: "Drops it for good: the event stays readable and is never processed.",
      },
    })
    .input(idParametersSchema)
    .output(deadLetterSchema)
    .mutation(({ ctx, input }) => discardDeadLetter(ctx.verb, input)),
});
