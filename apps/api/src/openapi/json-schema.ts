import { z } from "zod";

/** A zod schema as a JSON schema that may stand in an OpenAPI 3.1 document. */
export function jsonSchemaOf(schema: z.ZodType): object {
  const { $schema: _dialect, $defs, $ref, ...inline } = z.toJSONSchema(schema, { io: "output" });
  if ($ref === undefined) return inline;
  // A schema that has an id is a reference to its own definition.
  const { id: _id, ...definition } = $defs?.[$ref.replace("#/$defs/", "")] ?? {};
  return definition;
}
