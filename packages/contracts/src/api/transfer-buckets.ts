import { z } from "zod";
import { idSchema, instantSchema, pageOf, pageQueryFields, text } from "./common.ts";
import { shown, shownFields } from "./shown.ts";

/** A sum of money as DECIMAL(19,4) keeps it, as text: numbers in JSON lose cents. */
const amountSchema = z
  .string()
  .regex(
    /^-?(0|[1-9]\d{0,14})(\.\d{1,4})?$/,
    "Must be a decimal in quotes such as 1250.50, with at most 15 digits before and 4 after the point",
  )
  .describe("A sum of money, as a decimal")
  .meta({ examples: ["25000.0000"] });

const notNegativeAmountSchema = amountSchema
  .regex(/^[^-]/, "Must not be negative")
  .meta({ examples: ["500.0000"] });

/** Between two balances there may be more than one balance can hold. */
const differenceSchema = z
  .string()
  .describe("By how much the balance changed, as a decimal")
  .meta({ examples: ["-125.5000"] });

const currencies = new Set(Intl.supportedValuesOf("currency"));

export const currencySchema = z
  .string()
  .regex(/^[A-Z]{3}$/, "Must be three capital letters")
  .refine((code) => currencies.has(code), "Must be a currency of ISO 4217 such as EUR")
  .describe("The currency (ISO 4217)")
  .meta({ examples: ["EUR"] });

const balanceSchema = amountSchema.describe("The balance");
const thresholdSchema = amountSchema
  .describe("Below this the bucket is breached")
  .meta({ examples: ["10000.0000"] });
const hysteresisSchema = notNegativeAmountSchema.describe(
  "How far above the threshold the balance must be again before a breach is over: keeps a balance around the threshold from alerting again and again",
);

export const createBucketInputSchema = z.strictObject({
  name: text(255)
    .describe("What people call it")
    .meta({ examples: ["Payouts EUR"] }),
  currency: currencySchema,
  currentBalance: balanceSchema.default("0"),
  threshold: thresholdSchema,
  hysteresis: hysteresisSchema.default("0"),
});
export type CreateBucketInput = z.infer<typeof createBucketInputSchema>;

export const changeThresholdInputSchema = z.strictObject({
  id: idSchema,
  threshold: thresholdSchema,
  hysteresis: hysteresisSchema.optional().describe("The new hysteresis; left out: it stays as it is"),
});
export type ChangeThresholdInput = z.infer<typeof changeThresholdInputSchema>;

const idempotencyKeySchema = text(255)
  .optional()
  .describe(
    "The same key again changes this bucket's balance no further; the Idempotency-Key header does the same",
  )
  .meta({ examples: ["settlement-2026-11-23"] });

export const setBalanceInputSchema = z.strictObject({
  id: idSchema,
  balance: balanceSchema.describe("The new balance"),
  idempotencyKey: idempotencyKeySchema,
});
export type SetBalanceInput = z.infer<typeof setBalanceInputSchema>;

export const adjustBalanceInputSchema = z.strictObject({
  id: idSchema,
  amount: amountSchema
    .describe("What is added to the balance; negative: what is taken from it")
    .meta({ examples: ["-125.5000"] }),
  idempotencyKey: idempotencyKeySchema,
});
export type AdjustBalanceInput = z.infer<typeof adjustBalanceInputSchema>;

export const bucketStateSchema = z
  .enum(["ok", "breached"])
  .describe("breached from when the balance is below the threshold until it is hysteresis above it again")
  .meta({ examples: ["ok"] });

export const transferBucketSchema = z
  .object({
    id: idSchema,
    name: z
      .string()
      .describe("What people call it")
      .meta({ examples: ["Payouts EUR"] }),
    ...shownFields({
      currency: currencySchema,
      currentBalance: balanceSchema,
      threshold: thresholdSchema,
      hysteresis: hysteresisSchema,
    }),
    state: bucketStateSchema,
    stateChangedAt: instantSchema.nullable().describe("When the state last changed; null: never"),
    createdAt: instantSchema,
    updatedAt: instantSchema.describe("When the balance or the threshold last changed"),
  })
  .meta({ id: "TransferBucket", description: "Money set aside for transfers, watched for running low" });
export type TransferBucket = z.infer<typeof transferBucketSchema>;

export const listBucketsInputSchema = z.strictObject({
  ...pageQueryFields,
  state: bucketStateSchema.optional(),
  currency: currencySchema.optional(),
});
export type ListBucketsInput = z.infer<typeof listBucketsInputSchema>;

export const bucketPageSchema = pageOf(transferBucketSchema).meta({
  id: "TransferBucketPage",
  description: "A page of transfer buckets, newest first",
});

export const balanceEntrySchema = z
  .object({
    id: idSchema,
    kind: z
      .enum(["opening", "set", "adjustment"])
      .describe("How it was changed")
      .meta({ examples: ["adjustment"] }),
    amount: differenceSchema,
    balanceAfter: shown(balanceSchema.describe("The balance after it")),
    idempotencyKey: z
      .string()
      .nullable()
      .describe("The key it was sent with")
      .meta({ examples: ["settlement-2026-11-23"] }),
    createdBy: idSchema.describe("Who changed it"),
    createdAt: instantSchema,
  })
  .meta({ id: "BalanceEntry", description: "One change of a bucket's balance" });
export type BalanceEntry = z.infer<typeof balanceEntrySchema>;

export const listBalanceEntriesInputSchema = z.strictObject({ id: idSchema, ...pageQueryFields });
export type ListBalanceEntriesInput = z.infer<typeof listBalanceEntriesInputSchema>;

export const balanceEntryPageSchema = pageOf(balanceEntrySchema).meta({
  id: "BalanceEntryPage",
  description: "A page of changes of a balance, newest first",
});
