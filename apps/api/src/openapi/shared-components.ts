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
        description: "The access token of a login",
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
    },
    headers: {
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
