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
    const read = reader.name in Object.prototype ? `readOwn(holder, ${name})` : `plain ? holder[${name}] : readOwn(holder, ${name})`;
    const keep = reader.slot === -1 ? "" : `values[${reader.slot}] = toValue(raw);`;
    const index = children.indexOf(reader);
    const descend = index === -1 ? "" : `if (typeof raw === "object") child${index}(raw, values);`;
    return `raw = ${read}; if (raw !== undefined && raw !== null) { ${keep} ${descend} }`;
  });
  const parameters = children.map((_, index) => `child${index}`);
  const source = `return (holder, values) => {
    let raw = holder[${JSON.stringify(readers[0]?.name ?? "")}];
    const plain = getPrototypeOf(holder) === objectPrototype;
    ${lines.join("\n")}
  };`;
  const create = new Function("readOwn", "toValue", "getPrototypeOf", "objectPrototype", ...parameters, source);
  return create(readOwn, toValue, Object.getPrototypeOf, Object.prototype, ...children.map((child) => compileFields(child.children))) as FieldsReader;
}

/** True for an object that inherits nothing but what every object does. */
function isPlain(holder: object): boolean {
  if (Object.getPrototypeOf(holder) !== Object.prototype) return false;
  // Somebody may have put something there since.
  for (const _ in Object.prototype) return false;
  return true;
}
