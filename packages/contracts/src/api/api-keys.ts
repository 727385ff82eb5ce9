import { z } from "zod";
import { apiKeyScopes } from "../permissions.ts";
import { givenInstantSchema, idSchema, instantSchema, pageOf, pageQueryFields, text } from "./common.ts";
import { eventSourceSchema } from "./events.ts";
import { shownFields } from "./shown.ts";

const scopesSchema = z
  .array(z.enum(apiKeyScopes))
  .min(1)
  .max(apiKeyScopes.length)
  .refine((scopes) => new Set(scopes).size === scopes.length, "Must not name a scope twice")
  .describe("What it allows: permissions that whoever makes it holds too")
  .meta({ examples: [["events:send"]] });

const apiKeyFields = {
  name: text(100)
    .describe("What it is for")
    .meta({ examples: ["Payments, production"] }),
  scopes: scopesSchema,
  source: eventSourceSchema
    .nullable()
    .default(null)
    .describe("The only source that it may send events of; null: any"),
  expiresAt: givenInstantSchema.nullable().default(null).describe("When it ends by itself; null: never"),
};

export const createApiKeyInputSchema = z.strictObject(apiKeyFields);
export type CreateApiKeyInput = z.infer<typeof createApiKeyInputSchema>;

/** How long the secret before may live on after a rotation. Seconds. */
export const maximumGraceSeconds = 7 * 24 * 3600;

export const rotateApiKeyInputSchema = z.strictObject({
  id: idSchema,
  graceSeconds: z
    .int()
    .min(0)
    .max(maximumGraceSeconds)
    .default(24 * 3600)
    .describe("How many seconds the secret before lives on; 0 where it has leaked")
    .meta({ examples: [3600] }),
});
export type RotateApiKeyInput = z.infer<typeof rotateApiKeyInputSchema>;

export const apiKeySchema = z
  .object({
    id: idSchema,
    ...shownFields(apiKeyFields),
    prefix: z
      .string()
      .describe("By which it is known: the key begins with tk_ and this")
      .meta({ examples: ["4f1c9a7be023"] }),
    state: z
      .enum(["active", "expired", "revoked"])
      .describe("Only an active key is taken")
      .meta({ examples: ["active"] }),
    previousSecretExpiresAt: instantSchema
      .nullable()
      .describe("Until when the secret before the last rotation lives on; null: it does not"),
    lastUsedAt: instantSchema.nullable().describe("When it was last used, to the minute"),
    revokedAt: instantSchema.nullable().describe("When it was revoked"),
    createdBy: idSchema.describe("Who made it"),
    createdAt: instantSchema,
  })
  .meta({ id: "ApiKey", description: "What a machine logs in with" });
export type ApiKey = z.infer<typeof apiKeySchema>;

export const newApiKeySchema = apiKeySchema
  .extend({
    secret: z
      .string()
      .describe("The key itself, to be sent as a bearer token. It is shown this once and stored nowhere")
      .meta({ examples: ["tk_4f1c9a7be023_Zk3vJ5bX0aYq8eWn2LrT6uHcM1sDpG9iKoF7jVtB4lA"] }),
  })
  .meta({ id: "NewApiKey", description: "An API key with its secret" });
export type NewApiKey = z.infer<typeof newApiKeySchema>;

export const listApiKeysInputSchema = z.strictObject(pageQueryFields);
export type ListApiKeysInput = z.infer<typeof listApiKeysInputSchema>;

export const apiKeyPageSchema = pageOf(apiKeySchema).meta({
  id: "ApiKeyPage",
  description: "A page of API keys, newest first",
});
