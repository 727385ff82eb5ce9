import { z } from "zod";
import type { RestRoute } from "../rest/routes.ts";
import { v1Router } from "../routers/v1.ts";

/** What is read of a procedure. */
type Procedures = Record<string, { _def: { inputs: z.ZodType[] } }>;

/** The names of the fields that a route takes beside those of its path. */
export function routeFields({ procedure, path }: RestRoute): string[] {
  const procedures = v1Router._def.procedures as unknown as Procedures;
  const [input] = procedures[procedure.join(".")]?._def.inputs ?? [];
  if (!input) return [];
  const { properties = {} } = z.toJSONSchema(input, { io: "input" });
  return Object.keys(properties).filter((field) => !path.includes(`{${field}}`));
}
