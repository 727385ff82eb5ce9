import { problemSchema } from "@tocsin/contracts/errors";
import { jsonSchemaOf } from "./json-schema.ts";

/** What operations refer to. */
export function sharedComponents() {
  return {
    schemas: { Problem: jsonSchemaOf(problemSchema) },
    securitySchemes: {
      bearer: {
        type: "http",
        scheme: "bearer",
        bearerFormat: "JWT",
        description:
          "The access token of a login, or the API key of a machine (tk_…) where its scopes allow it",
      },
    },
    parameters: {
      IdempotencyKey: {
        name: "Idempotency-Key",
        in: "header",
        required: false,
        description: "The same as the field idempotencyKey",
        schema: { type: "string", maxLength: 255 },
        example: "transfer-4711-failed",
      },
      RepeatableRequestKey: {
        name: "Idempotency-Key",
        in: "header",
        required: false,
        description:
          "What you call this request, such as a random UUID. Sent again with the same body within 24 hours it is not made again: you are given the first answer. What failed may be sent again with the same key.",
        schema: { type: "string", minLength: 1, maxLength: 255 },
        example: "0b9e3a7e-6a6e-4a0e-9a52-0f6b3c1f2d11",
      },
    },
    headers: {
      IdempotentReplayed: {
        description: "true where this is the answer of an earlier request with the same Idempotency-Key",
        schema: { type: "string", const: "true" },
        example: "true",
      },
      RetryAfter: {
        description: "When to come back, in seconds",
        schema: { type: "integer" },
        example: 5,
      },
      RequestId: {
        description: "The request's id: yours, if you sent X-Request-Id with 8 to 64 of A–Z a–z 0–9 _ . : -",
        schema: { type: "string" },
        example: "0198c0de-0000-7000-8000-000000000001",
      },
      RateLimit: {
        description: "How many requests are left, and for how many seconds",
        schema: { type: "string" },
        example: '"api"; r=2999; t=60',
      },
      Location: {
        description: "Where the new thing is",
        schema: { type: "string" },
        example: "/api/v1/rules/0198c0de-0000-7000-8000-000000000000",
      },
    },
  };
}
