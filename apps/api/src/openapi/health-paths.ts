import { healthSchema, readinessSchema } from "@tocsin/contracts/api/system";
import type { z } from "zod";
import { jsonSchemaOf } from "./json-schema.ts";

function jsonAnswer(description: string, schema: z.ZodType, example: object): object {
  return { description, content: { "application/json": { schema: jsonSchemaOf(schema), example } } };
}

/** The routes that are not procedures. */
export const healthPaths = {
  "/health": {
    get: {
      operationId: "health",
      tags: ["Health"],
      summary: "Is the process alive",
      description: "Answers as long as the process does.",
      security: [],
      responses: {
        "200": jsonAnswer("Alive", healthSchema, { status: "ok" }),
      },
    },
  },
  "/ready": {
    get: {
      operationId: "ready",
      tags: ["Health"],
      summary: "Can events be durably accepted",
      description:
        "False while MySQL is away and from the first signal to stop. Without Redis events are still accepted.",
      security: [],
      responses: {
        "200": jsonAnswer("Ready", readinessSchema, {
          status: "ready",
          checks: { mysql: "ok", redis: "ok" },
        }),
        "503": jsonAnswer("Not ready", readinessSchema, {
          status: "not_ready",
          checks: { mysql: "failed", redis: "ok" },
        }),
      },
    },
  },
} as const;
