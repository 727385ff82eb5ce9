import * as fc from "fast-check";

/** A JSON schema, as far as values are made for it. */
export interface ValueSchema {
  $ref?: string;
  type?: string | string[];
  format?: string;
  const?: unknown;
  enum?: unknown[];
  examples?: unknown[];
  anyOf?: ValueSchema[];
  oneOf?: ValueSchema[];
  allOf?: ValueSchema[];
  properties?: Record<string, ValueSchema>;
  required?: string[];
  items?: ValueSchema;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
}

/** What a reference of the document stands for. */
export type Resolve = (reference: string) => ValueSchema;

/** How the id of a thing that exists is written until it is sent: `~rules~3~`, the same in a path and in a body. */
export function placeholderOf(area: string, index: number): string {
  return `~${area}~${index}~`;
}

/** Puts ids in the places of placeholders. */
export function fillPlaceholders(text: string, idOf: (area: string, index: number) => string): string {
  return text.replaceAll(/~([a-z-]+)~(\d)~/g, (_whole, area: string, index: string) =>
    idOf(area, Number(index)),
  );
}

/** The fields that name a thing of another area than the route's own. */
const areaOfField: Readonly<Record<string, string>> = {
  ruleId: "rules",
  userId: "users",
  eventId: "events",
  mutedRules: "rules",
};

/** Values that a schema allows: mostly its examples, which other checks hold to be good. */
export function validValue(
  schema: ValueSchema,
  { resolve, area, name = "" }: { resolve: Resolve; area: string; name?: string },
): fc.Arbitrary<unknown> {
  if (schema.$ref !== undefined) return validValue(resolve(schema.$ref), { resolve, area, name });
  if (schema.format === "uuid") {
    return fc.nat({ max: 9 }).map((index) => placeholderOf(areaOfField[name] ?? area, index));
  }
  const made = madeValue(schema, { resolve, area, name });
  const isStructure = schema.properties !== undefined || schema.items?.format === "uuid";
  if (isStructure || !schema.examples || schema.examples.length === 0) return made;
  return fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...schema.examples) },
    { weight: 1, arbitrary: made },
  );
}

function madeValue(
  schema: ValueSchema,
  at: { resolve: Resolve; area: string; name: string },
): fc.Arbitrary<unknown> {
  const { anyOf = schema.oneOf, allOf, properties } = schema;
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (anyOf) return fc.oneof(...anyOf.map((one) => validValue(one, at)));
  if (allOf?.[0]) return validValue(allOf[0], at);
  if (properties) return validObject(properties, schema.required ?? [], at);
  return ofType(schema, at);
}

function ofType(
  schema: ValueSchema,
  at: { resolve: Resolve; area: string; name: string },
): fc.Arbitrary<unknown> {
  switch ([schema.type].flat()[0]) {
    case "string":
      return validText(schema);
    case "integer":
    case "number":
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 1000, 2_147_483_647) });
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(validValue(schema.items ?? {}, at), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.max(schema.minItems ?? 0, Math.min(schema.maxItems ?? 3, 3)),
      });
    case "object":
      return fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4 });
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function validText({ format, minLength = 1, maxLength = 40 }: ValueSchema): fc.Arbitrary<unknown> {
  if (format === "date-time") return fc.constantFrom("2026-11-23T08:30:00.000Z", "2031-01-01T00:00:00+02:00");
  return fc.string({
    unit: fc.constantFrom("a", "b", "X", "0", "9", " ", ".", "_", "-", "\u00e9", "\u00fc"),
    minLength,
    maxLength: Math.max(minLength, Math.min(maxLength, 40)),
  });
}

function validObject(
  properties: Readonly<Record<string, ValueSchema>>,
  required: readonly string[],
  at: { resolve: Resolve; area: string },
): fc.Arbitrary<unknown> {
  const fields = Object.entries(properties).map(([name, schema]) => {
    const value = validValue(schema, { ...at, name });
    return [name, required.includes(name) ? value : fc.option(value, { nil: undefined })] as const;
  });
  return fc
    .record(Object.fromEntries(fields))
    .map((made) => Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined)));
}

/** A field anywhere in an input. */
export interface Field {
  path: readonly (string | number)[];
  schema: ValueSchema;
}

/** How deep fields are looked for; further down they are reached by what is put in their place. */
const maximumFieldDepth = 4;

/** Every field of a schema, those inside others too. */
export function fieldsOf(schema: ValueSchema, resolve: Resolve, path: Field["path"] = []): Field[] {
  if (path.length >= maximumFieldDepth) return [];
  if (schema.$ref !== undefined) return fieldsOf(resolve(schema.$ref), resolve, path);
  const below = [
    ...Object.entries(schema.properties ?? {}),
    ...(schema.items ? [[0, schema.items] as const] : []),
  ].flatMap(([name, one]): Field[] => {
    const at = [...path, name];
    return [
      { path: at, schema: one.$ref === undefined ? one : resolve(one.$ref) },
      ...fieldsOf(one, resolve, at),
    ];
  });
  const alternatives = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  return [...below, ...alternatives.flatMap((one) => fieldsOf(one, resolve, path))];
}

/** Values at the edges of what a schema allows, on both sides. */
export function edgeValues(schema: ValueSchema): unknown[] {
  const { minLength, maxLength, minimum, maximum, minItems, maxItems, examples = [] } = schema;
  const texts = [minLength, maxLength].flatMap((length) =>
    length === undefined ? [] : [length - 1, length, length + 1].filter((one) => one >= 0),
  );
  const numbers = [minimum, maximum].flatMap((one) =>
    one === undefined ? [] : [one - 1, one, one + 1, one + 0.5],
  );
  const lists = [minItems, maxItems].flatMap((length) =>
    length === undefined ? [] : [length - 1, length, length + 1].filter((one) => one >= 0 && one <= 1000),
  );
  const [example = [1]] = examples;
  const item: unknown = Array.isArray(example) ? example[0] : "a";
  return [
    ...texts.flatMap((length) => ["a".repeat(length), "\u00fc".repeat(length)]),
    ...numbers.flatMap((one) => [one, String(one)]),
    ...lists.map((length) =>
      Array.from({ length }, (_, index) => (typeof item === "string" ? `${item}${index}` : item)),
    ),
    ...[schema.anyOf ?? [], schema.oneOf ?? []].flat().flatMap(edgeValues),
  ];
}
