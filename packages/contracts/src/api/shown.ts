import { z } from "zod";

/** Formats of what the product makes itself: ids and instants. They tell clients what to expect. */
const ownFormats: ReadonlySet<string> = new Set(["uuid", "datetime"]);

/** The fields of an input as answers show them; see {@link shown}. */
export type ShownFields<Fields extends Readonly<Record<string, z.ZodType>>> = {
  [Name in keyof Fields]: z.ZodType<z.output<Fields[Name]>>;
};

/**
 * The same field in an answer: described alike, of the same type, but not judged by the rules for what comes in. What is
 * stored was taken by the rules of its time, and what an event fills in keeps none.
 * @throws TypeError where it is a kind of schema that answers have no use for, such as a transformation
 */
export function shown<Schema extends z.ZodType>(schema: Schema): z.ZodType<z.output<Schema>> {
  const { id: _component, ...meta } = schema.meta() ?? {};
  return withoutRules(schema).meta(meta) as z.ZodType<z.output<Schema>>;
}

/** {@link shown} for each of some fields. */
export function shownFields<Fields extends Readonly<Record<string, z.ZodType>>>(
  fields: Fields,
): ShownFields<Fields> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, schema]) => [name, shown(schema)]),
  ) as ShownFields<Fields>;
}

function withoutRules(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodNullable) return shown(schema.unwrap() as z.ZodType).nullable();
  if (schema instanceof z.ZodOptional) return shown(schema.unwrap() as z.ZodType).optional();
  if (schema instanceof z.ZodDefault)
    return shown(schema.unwrap() as z.ZodType).default(schema.def.defaultValue);
  if (schema instanceof z.ZodArray) return z.array(shown(schema.element as z.ZodType));
  if (schema instanceof z.ZodObject) return z.object(shownFields(schema.shape));
  if (schema instanceof z.ZodRecord) return z.record(z.string(), shown(schema.valueType as z.ZodType));
  if (schema instanceof z.ZodStringFormat && ownFormats.has(schema.def.format)) return schema;
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat) return z.string();
  if (schema instanceof z.ZodNumber) return schema.format === "safeint" ? z.int() : z.number();
  if (schema instanceof z.ZodBoolean || schema instanceof z.ZodEnum || schema instanceof z.ZodUnknown)
    return schema;
  throw new TypeError(`Answers have no ${schema.def.type}`);
}
