import { readOwn } from "../event-facts.ts";
import { toValue, type Value } from "../values.ts";
import type { FieldReader } from "./slots.ts";

/** Puts the values of an object's fields, and of those below, into their slots. */
type FieldsReader = (holder: object, values: Value[]) => void;

/**
 * Writes a function that reads fields by their names, which is several times faster than looking each name up. Names
 * come into it as JSON texts only. It reads plainly where plain reading can only find own properties: in an object
 * of Object.prototype, a name that Object.prototype has not. Everything else goes through readOwn.
 */
export function compileFields(readers: readonly FieldReader[]): FieldsReader {
  const children = readers.filter((reader) => reader.children.length > 0);
  const lines = readers.map((reader) => {
    const name = JSON.stringify(reader.name);
    const own = `readOwn(holder, ${name})`;
    const read = reader.name in Object.prototype ? own : `plain ? holder[${name}] : ${own}`;
    const keep = reader.slot === -1 ? "" : `values[${reader.slot}] = toValue(raw);`;
    const index = children.indexOf(reader);
    const descend =
      index === -1 ? "" : `child${index}(typeof raw === "object" && raw !== null ? raw : nothing, values);`;
    return `raw = ${read}; ${keep} ${descend}`;
  });
  const source = `return (holder, values) => {
    const plain = getPrototypeOf(holder) === objectPrototype;
    let raw;
    ${lines.join("\n")}
  };`;
  const tools = {
    readOwn,
    toValue,
    getPrototypeOf: Object.getPrototypeOf,
    objectPrototype: Object.prototype,
    nothing: {},
  };
  const below = children.map((child) => compileFields(child.children));
  // oxlint-disable-next-line typescript/no-implied-eval -- made of numbers and JSON texts only
  const create = new Function(...Object.keys(tools), ...below.map((_, index) => `child${index}`), source) as (
    ...given: unknown[]
  ) => FieldsReader;
  return create(...Object.values(tools), ...below);
}
