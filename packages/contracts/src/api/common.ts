import { z } from "zod";
import { canonicalInstant, instantMessage, readInstant } from "../instant.ts";

/** Control characters other than tab and line breaks: never stored. */
// eslint-disable-next-line no-control-regex
const controlCharacters = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/u;

/** For `refine`: half of a surrogate pair is no character, and no server keeps it. */
export const wellFormed = [
  (value: string) => value.isWellFormed(),
  "Must be well-formed Unicode: half of a surrogate pair is no character",
] as const;

/** A text that is stored as it came: well-formed, no control characters, trimmed, between 1 and `maximum` characters. */
export function text(maximum: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(maximum)
    .refine((value) => !controlCharacters.test(value), "Must not contain control characters")
    .refine(...wellFormed);
}

/** Like {@link text}, but may be empty. */
export function optionalText(maximum: number) {
  return z
    .string()
    .trim()
    .max(maximum)
    .refine((value) => !controlCharacters.test(value), "Must not contain control characters")
    .refine(...wellFormed);
}

/** Taken in any case, as RFC 9562 has it, and written in small letters. */
export const idSchema = z
  .uuid()
  .toLowerCase()
  .describe("The id (UUID)")
  .meta({ examples: ["0198c0de-0000-7000-8000-000000000000"] });

/** The path parameter of every route about one thing. */
export const idParametersSchema = z.strictObject({ id: idSchema });

export const instantSchema = z.iso
  .datetime({ offset: true })
  .describe("An instant (ISO 8601)")
  .meta({ examples: ["2026-11-23T08:30:00.000Z"] });

/** An instant of a request, brought to the form in which answers have them: in UTC, with milliseconds. */
export const givenInstantSchema = z
  .string()
  .refine((value) => readInstant(value) !== undefined, { error: instantMessage, abort: true })
  .overwrite(canonicalInstant)
  .describe("An instant (RFC 3339), in the years 1970 to 9999")
  .meta({ format: "date-time", examples: ["2026-11-23T08:30:00.000Z"] });

/** A whole number. In the query of a REST request it is written in plain digits: `07`, `1e1` and `1.0` are none. */
export function queryInteger(minimum: number, maximum: number) {
  return z.int().min(minimum).max(maximum);
}

export const maximumPageSize = 100;
/** Deeper pages cost more than they are worth: use the cursor. */
export const maximumPage = 10_000;

/** Page through a list: by page number, or by the cursor that the page before gave. */
export const pageQueryFields = {
  page: queryInteger(1, maximumPage)
    .default(1)
    .describe("The page, from 1")
    .meta({ examples: [1] }),
  limit: queryInteger(1, maximumPageSize)
    .default(20)
    .describe("How many items a page holds, at most 100")
    .meta({ examples: [20] }),
  cursor: z
    .string()
    .max(200)
    .describe("The nextCursor of the page before; takes the place of page")
    .meta({ examples: ["0198c0de-0000-7000-8000-000000000000"] })
    .optional(),
};

/** A page of a list. `total` only where page numbers are used; `nextCursor` only where there is more. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item).describe("The items of this page"),
    page: z
      .int()
      .optional()
      .describe("The page asked for")
      .meta({ examples: [1] }),
    limit: z
      .int()
      .describe("The page size asked for")
      .meta({ examples: [20] }),
    total: z
      .int()
      .optional()
      .describe("How many there are in all (page mode only)")
      .meta({ examples: [42] }),
    nextCursor: z
      .string()
      .nullable()
      .describe("Where the next page starts; null at the end")
      .meta({ examples: [null] }),
  });
}

/** What a list verb answers. */
export interface Page<Item> {
  items: Item[];
  page?: number;
  limit: number;
  total?: number;
  nextCursor: string | null;
}

/** Letters of every script, with the marks that belong to them; one spelling for each name (NFC, UAX 15). */
export const roleNameSchema = text(100)
  .normalize("NFC")
  .regex(
    /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._&+,'()/-]*$/u,
    "Must start with a letter or digit; letters, digits, space, . _ & + , ' ( ) / - follow",
  )
  .describe("The name of a role")
  .meta({ examples: ["Operator"] });

export const okSchema = z.object({ ok: z.literal(true) }).describe("It is done");
