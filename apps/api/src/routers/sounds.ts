import { idParametersSchema } from "@tocsin/contracts/api/common";
import {
  listSoundsInputSchema,
  soundPageSchema,
  soundSchema,
  uploadSoundInputSchema,
} from "@tocsin/contracts/api/sounds";
import { bundledSounds } from "@tocsin/contracts/bundled-sounds";
import { deleteSound } from "@tocsin/core/sounds/delete-sound";
import { getSound } from "@tocsin/core/sounds/get-sound";
import { listSounds } from "@tocsin/core/sounds/list-sounds";
import { uploadSound } from "@tocsin/core/sounds/upload-sound";
import { z } from "zod";
import { procedure, router } from "../trpc/init.ts";

const tags = ["Sounds"];

export const soundsRouter = router({
  upload: procedure("sounds:manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/sounds",
        tags,
        contentTypes: ["multipart/form-data"],
        summary: "Upload a sound",
        description: `A form with one file: MP3, Ogg or WAV, judged by its content to the last byte. Rules name it by the \`name\` of the answer. Sent once more it is refused, since its name is taken; names of the bundled sounds (${bundledSounds.join(", ")}) are taken as well. Over REST only: tRPC carries no files here.`,
      },
      successStatus: 201,
      location: "/sounds/{id}",
      uploads: true,
      answerIsNotKept: true,
    })
    .input(uploadSoundInputSchema)
    .output(soundSchema)
    .mutation(({ ctx, input, signal }) => uploadSound(ctx.verb, input, { signal })),

  list: procedure("sounds:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/sounds",
        tags,
        summary: "List sounds",
        description:
          "All uploaded sounds, newest first, or the one of a name; each with a URL to load it from.",
      },
    })
    .input(listSoundsInputSchema)
    .output(soundPageSchema)
    .query(({ ctx, input }) => listSounds(ctx.verb, input)),

  get: procedure("sounds:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/sounds/{id}",
        tags,
        summary: "Get a sound",
        description: "One uploaded sound, with a URL to load it from.",
      },
    })
    .input(idParametersSchema)
    .output(soundSchema)
    .query(({ ctx, input }) => getSound(ctx.verb, input)),

  delete: procedure("sounds:manage")
    .meta({
      openapi: {
        method: "DELETE",
        path: "/sounds/{id}",
        tags,
        summary: "Delete a sound",
        description:
          "Refused while a rule plays it. Its URLs end with it, beside copies that clients or a CDN keep. Deleted rules do not keep it.",
      },
      successStatus: 204,
    })
    .input(idParametersSchema)
    .output(z.void())
    .mutation(({ ctx, input }) => deleteSound(ctx.verb, input)),
});
