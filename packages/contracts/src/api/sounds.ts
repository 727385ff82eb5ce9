import { z } from "zod";
import { idSchema, instantSchema, pageOf, pageQueryFields, text } from "./common.ts";

/** The most that a sound may have. Bytes. */
export const maximumSoundBytes = 2 * 1024 * 1024;

/** What a sound may be, by the type that it is served with. */
export const soundTypes = ["audio/mpeg", "audio/ogg", "audio/wav"] as const;

const soundTypeSchema = z
  .enum(soundTypes)
  .describe("What the file is, judged by its content")
  .meta({ examples: ["audio/mpeg"] });
export type SoundType = z.infer<typeof soundTypeSchema>;

/** Typed by what is read of a file: the packed client has no types of zod's. */
const soundFileSchema: z.ZodType<{ name: string; arrayBuffer(): Promise<ArrayBuffer> }> = z
  .file()
  .describe(
    "An MP3, Ogg (Vorbis, Opus, FLAC, Speex) or WAV file of at most 2 MiB. Rules name the sound by the name of the file, which may lose characters that a file name should not have",
  );

export const uploadSoundInputSchema = z.strictObject({
  file: soundFileSchema,
});
export type UploadSoundInput = z.infer<typeof uploadSoundInputSchema>;

export const soundSchema = z
  .object({
    id: idSchema,
    name: z
      .string()
      .describe("The file name: what a rule's sound names it by")
      .meta({ examples: ["vault-door.mp3"] }),
    contentType: soundTypeSchema,
    bytes: z
      .int()
      .describe("How large the file is")
      .meta({ examples: [48_213] }),
    sha256: z
      .string()
      .describe("SHA-256 of the file, in hexadecimal: whoever has it need not load the file again")
      .meta({ examples: ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"] }),
    url: z
      .url()
      .describe("Where the file is: whoever has this may load it, without logging in")
      .meta({ examples: ["https://sounds.example.com/sounds/0198c0de-0000-7000-8000-000000000000.mp3"] }),
    urlExpiresAt: instantSchema
      .nullable()
      .describe("Until when it is there; ask again after that. Null: for good"),
    createdBy: idSchema.describe("Who uploaded it"),
    createdAt: instantSchema,
  })
  .meta({ id: "Sound", description: "A sound that was uploaded for alerts" });
export type Sound = z.infer<typeof soundSchema>;

export const listSoundsInputSchema = z.strictObject({
  ...pageQueryFields,
  name: text(100)
    .optional()
    .describe("Only the sound of this name, as a rule or an alert has it in `sound`")
    .meta({ examples: ["vault-door.mp3"] }),
});
export type ListSoundsInput = z.infer<typeof listSoundsInputSchema>;

export const soundPageSchema = pageOf(soundSchema).meta({
  id: "SoundPage",
  description: "A page of sounds, newest first",
});
