import { idParametersSchema } from "@tocsin/contracts/api/common";
import {
  createSilenceInputSchema,
  listSilencesInputSchema,
  silencePageSchema,
  silenceSchema,
  updateSilenceInputSchema,
} from "@tocsin/contracts/api/silences";
import { createSilence } from "@tocsin/core/silences/create-silence";
import { endSilence } from "@tocsin/core/silences/end-silence";
import { getSilence } from "@tocsin/core/silences/get-silence";
import { listSilences } from "@tocsin/core/silences/list-silences";
import { updateSilence } from "@tocsin/core/silences/update-silence";
import { z } from "zod";
import { procedure, router } from "../trpc/init.ts";

const tags = ["Silences"];

export const silencesRouter = router({
  create: procedure("silences:manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/silences",
        tags,
        summary: "Create a silence",
        description:
          "Events for which its condition is true alert nobody while it holds; what they would have done is recorded.",
      },
      successStatus: 201,
      location: "/silences/{id}",
    })
    .input(createSilenceInputSchema)
    .output(silenceSchema)
    .mutation(({ ctx, input }) => createSilence(ctx.verb, input)),

  list: procedure("silences:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/silences",
        tags,
        summary: "List silences",
        description: "All silences, newest first, or those in one state.",
      },
    })
    .input(listSilencesInputSchema)
    .output(silencePageSchema)
    .query(({ ctx, input }) => listSilences(ctx.verb, input)),

  get: procedure("silences:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/silences/{id}",
        tags,
        summary: "Get a silence",
        description: "One silence, also where it has ended.",
      },
    })
    .input(idParametersSchema)
    .output(silenceSchema)
    .query(({ ctx, input }) => getSilence(ctx.verb, input)),

  update: procedure("silences:manage")
    .meta({
      openapi: {
        method: "PUT",
        path: "/silences/{id}",
        tags,
        summary: "Change a silence",
        description: "Replaces all of its fields.",
      },
    })
    .input(updateSilenceInputSchema)
    .output(silenceSchema)
    .mutation(({ ctx, input }) => updateSilence(ctx.verb, input)),

  end: procedure("silences:manage")
    .meta({
      openapi: {
        method: "DELETE",
        path: "/silences/{id}",
        tags,
        summary: "End a silence",
        description: "From now on it silences nothing. It stays readable, since decisions refer to it.",
      },
      successStatus: 204,
    })
    .input(idParametersSchema)
    .output(z.void())
    .mutation(({ ctx, input }) => endSilence(ctx.verb, input)),
});
