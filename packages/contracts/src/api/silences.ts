import { z } from "zod";
import {
  givenInstantSchema,
  idSchema,
  instantSchema,
  optionalText,
  pageOf,
  pageQueryFields,
} from "./common.ts";
import { isTimeZone } from "../time-zone.ts";
import { conditionSchema } from "./rules.ts";
import { shownFields } from "./shown.ts";

const timeOfDaySchema = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, "Must be a time of day such as 22:30")
  .describe("A time of day")
  .meta({ examples: ["22:30"] });

/** Monday first, as ISO 8601 counts. */
export const weekdays = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;

const timeZoneSchema = z
  .string()
  .max(64)
  .refine(isTimeZone, "Must be a time zone of the IANA database such as Europe/Berlin")
  .describe("The time zone (IANA)")
  .meta({ examples: ["Europe/Berlin"] });

export const weeklySchema = z
  .strictObject({
    days: z
      .array(z.enum(weekdays))
      .min(1)
      .max(weekdays.length)
      .refine((days) => new Set(days).size === days.length, "Must not name a day twice")
      .describe("The days on which it begins")
      .meta({ examples: [["saturday", "sunday"]] }),
    start: timeOfDaySchema.describe("When it begins on these days"),
    end: timeOfDaySchema.describe(
      "When it ends: the same day, or the day after where that is not later than the start",
    ),
    timeZone: timeZoneSchema,
  })
  .describe("When in the week it holds, on the clocks of a place; daylight saving time is kept");
export type Weekly = z.infer<typeof weeklySchema>;

const silenceFields = {
  condition: conditionSchema.describe("Events for which this is true alert nobody, in the rule language"),
  startsAt: givenInstantSchema.describe("From when on it holds"),
  endsAt: givenInstantSchema
    .nullable()
    .describe(
      "Until when it holds; null: until it is ended. A silence without a weekly time must have an end",
    )
    .meta({ examples: ["2026-11-24T06:00:00.000Z"] }),
  weekly: weeklySchema
    .nullable()
    .default(null)
    .describe("Only at these times of the week; null: all the time"),
  comment: optionalText(2000)
    .default("")
    .describe("Why")
    .meta({ examples: ["Planned maintenance of the ledger"] }),
};

const ends = {
  isOrdered: ({ startsAt, endsAt }: { startsAt: string; endsAt: string | null }) =>
    // A start that is no instant is an error of its own.
    endsAt === null || !(new Date(endsAt) <= new Date(startsAt)),
  isThere: ({ endsAt, weekly }: { endsAt: string | null; weekly: Weekly | null }) =>
    endsAt !== null || weekly !== null,
};
const order = { path: ["endsAt"], error: "Must be after startsAt" };
const presence = { path: ["endsAt"], error: "A silence without a weekly time must have an end" };

export const createSilenceInputSchema = z
  .strictObject(silenceFields)
  .refine(ends.isOrdered, order)
  .refine(ends.isThere, presence);
export type CreateSilenceInput = z.infer<typeof createSilenceInputSchema>;

export const updateSilenceInputSchema = z
  .strictObject({ id: idSchema, ...silenceFields })
  .refine(ends.isOrdered, order)
  .refine(ends.isThere, presence);
export type UpdateSilenceInput = z.infer<typeof updateSilenceInputSchema>;

export const silenceStateSchema = z
  .enum(["upcoming", "active", "ended"])
  .describe("active between startsAt and endsAt, whatever the time of the week")
  .meta({ examples: ["active"] });

export const silenceSchema = z
  .object({
    id: idSchema,
    ...shownFields({
      condition: silenceFields.condition,
      weekly: silenceFields.weekly,
      comment: silenceFields.comment,
    }),
    startsAt: instantSchema.describe("From when on it holds"),
    endsAt: instantSchema.nullable().describe("Until when it holds; null: until it is ended"),
    state: silenceStateSchema,
    createdBy: idSchema.describe("Who made it"),
    createdAt: instantSchema,
    updatedAt: instantSchema,
  })
  .meta({ id: "Silence", description: "Events that alert nobody for a time" });
export type Silence = z.infer<typeof silenceSchema>;

export const listSilencesInputSchema = z.strictObject({
  ...pageQueryFields,
  state: silenceStateSchema.optional(),
});
export type ListSilencesInput = z.infer<typeof listSilencesInputSchema>;

export const silencePageSchema = pageOf(silenceSchema).meta({
  id: "SilencePage",
  description: "A page of silences, newest first",
});
