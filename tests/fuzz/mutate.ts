import * as fc from "fast-check";
import { hostileName, hostileValue } from "./hostile-values.ts";
import { RawJson, toJsonText } from "./json-text.ts";
import {
  edgeValues,
  type Field,
  fieldsOf,
  type Resolve,
  validValue,
  type ValueSchema,
} from "./valid-input.ts";

/** One thing that is done to a good input. */
export type Mutation =
  | { kind: "set"; path: Field["path"]; value: unknown }
  | { kind: "remove"; path: Field["path"] }
  | { kind: "add"; name: string; value: unknown }
  | { kind: "twice"; path: Field["path"] };

function mutationOf(schema: ValueSchema, resolve: Resolve): fc.Arbitrary<Mutation> {
  const add = fc.record({ kind: fc.constant("add" as const), name: hostileName, value: hostileValue });
  const fields = fieldsOf(schema, resolve);
  if (fields.length === 0) return add;
  const ofField = fc.constantFrom(...fields).chain(({ path, schema: of }): fc.Arbitrary<Mutation> => {
    const edges = edgeValues(of);
    const value = edges.length === 0 ? hostileValue : fc.oneof(hostileValue, fc.constantFrom(...edges));
    return fc.oneof(
      { weight: 8, arbitrary: value.map((one) => ({ kind: "set" as const, path, value: one })) },
      { weight: 1, arbitrary: fc.constant({ kind: "remove" as const, path }) },
      { weight: 1, arbitrary: fc.constant({ kind: "twice" as const, path }) },
    );
  });
  return fc.oneof({ weight: 9, arbitrary: ofField }, { weight: 1, arbitrary: add });
}

/** Inputs of a schema: some as they should be, most of them with a thing or two changed. */
export function mutatedInput(schema: ValueSchema, resolve: Resolve, area: string): fc.Arbitrary<unknown> {
  return fc
    .tuple(validValue(schema, { resolve, area }), fc.array(mutationOf(schema, resolve), { maxLength: 2 }))
    .map(([input, mutations]) => mutations.reduce(mutate, input));
}

function mutate(input: unknown, mutation: Mutation): unknown {
  if (mutation.kind === "add") {
    return isObject(input)
      ? Object.fromEntries([...Object.entries(input), [mutation.name, mutation.value]])
      : input;
  }
  return changeAt(input, mutation.path, mutation);
}

function changeAt(
  value: unknown,
  path: Field["path"],
  mutation: Exclude<Mutation, { kind: "add" }>,
): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (Array.isArray(value)) {
    const items: unknown[] = [...(value as unknown[])];
    const index = Number(first);
    if (rest.length > 0) items[index] = changeAt(items[index], rest, mutation);
    else if (mutation.kind === "set") items[index] = mutation.value;
    else if (mutation.kind === "remove") items.splice(index, 1);
    else items.push(items[index]);
    return items;
  }
  if (!isObject(value)) return value;
  const name = String(first);
  const entries = Object.entries(value);
  if (rest.length > 0) {
    return Object.fromEntries(
      entries.map(([key, item]) => [key, key === name ? changeAt(item, rest, mutation) : item]),
    );
  }
  const others = entries.filter(([key]) => key !== name);
  if (mutation.kind === "remove") return Object.fromEntries(others);
  if (mutation.kind === "set") return Object.fromEntries([...others, [name, mutation.value]]);
  // An object of JavaScript has no name twice: the text has.
  const fields = [...entries, ...entries.filter(([key]) => key === name)];
  return new RawJson(
    `{${fields.map(([key, item]) => `${JSON.stringify(key)}:${toJsonText(item)}`).join(",")}}`,
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof RawJson);
}
