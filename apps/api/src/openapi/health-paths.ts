import { healthSchema, readinessSchema } from "@tocsin/contracts/api/system";
import { z } from "zod";

function jsonAnswer(description: string, schema: z.ZodType, example: object): object {
  const { $schema: _schema, id: _id, ...json } = z.toJSONSchema(schema, { target: "draft-2020-12" });
  return { description, content: { "application/json": { schema: json, example } } };
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
        "4XX": { description: "Never answered" },
      },
    },
  },
  "/ready": {
    get: {
      operationId: "ready",
      tags: ["Health"],
      summary: "Can events be durably accepted",
      description: "False while MySQL is away and from the first signal to stop. Without Redis events are still accepted.",
      security: [],
      responses: {
        "200": jsonAnswer("Ready", readinessSchema, { status: "ready", checks: { mysql: "ok", redis: "ok" } }),
        "4XX": { description: "Never answered" },
        "503": jsonAnswer("Not ready", readinessSchema, { status: "not_ready", checks: { mysql: "failed", redis: "ok" } }),
      },
    },
  },
} as const;
