import type { OperandNode, PathNode } from "./ast.ts";
import { Decimal } from "./decimal.ts";
import { columnNames, type EventFacts, readPath, resolvePath } from "./event-facts.ts";
import { Instant, type Value } from "./values.ts";
import { functions } from "./vocabulary.ts";

/** The type of a field. */
export type FieldType = "string" | "number" | "boolean" | "date" | "list" | "object";

/** What is known of events: types by path, such as `event.payload.country` or `event.amount`. */
export type EventSchema = Readonly<Record<string, FieldType>>;

/** The types that an operand can have. */
export type OperandType = FieldType | "decimal" | "duration";

const columnTypes: Readonly<Record<string, FieldType>> = {
  id: "string",
  type: "string",
  source: "string",
  action: "string",
  dedupKey: "string",
  receivedAt: "date",
  occurredAt: "date",
};

/** What a schema and sample events tell about fields. */
export class FieldTypes {
  readonly #schema: ReadonlyMap<string, FieldType> | undefined;
  readonly #samples: readonly EventFacts[];

  constructor(schema: EventSchema | undefined, samples: readonly EventFacts[] = []) {
    this.#schema =
      schema &&
      new Map(Object.entries(schema).map(([path, type]) => [keyOf(path.split(".").slice(1)), type]));
    this.#samples = samples;
  }

  /** Every field that is known by name, for suggestions. */
  get names(): string[] {
    const columns = columnNames.map((name) => `event.${name}`);
    const fields = Array.from(this.#schema?.keys() ?? [], (key) => `event.${key.replace(/^payload\./, "")}`);
    const sampled = this.#samples.flatMap(({ payload }) => (isObject(payload) ? Object.keys(payload) : []));
    return [...columns, ...fields, ...sampled.map((name) => `event.${name}`)];
  }

  /** False only where something is known of events and this field is not part of it. */
  isKnown(path: PathNode): boolean {
    const segments = resolvePath(path.segments);
    const [column = ""] = segments;
    if (column !== "payload") return segments.length === 1;
    if (segments.length === 1 || (!this.#schema && this.#samples.length === 0)) return true;
    return this.#isInSchema(segments) || this.#samples.some((event) => hasPath(event, segments));
  }

  /** Named itself, above a named field, or below a list or object whose content is not described. */
  #isInSchema(segments: readonly string[]): boolean {
    const key = segments.join(".");
    for (const [known, type] of this.#schema ?? []) {
      if (known === key || known.startsWith(`${key}.`)) return true;
      if ((type === "list" || type === "object") && key.startsWith(`${known}.`)) return true;
    }
    return false;
  }

  /** The type of an operand, where it can be told before there is an event. */
  typeOf(node: OperandNode): OperandType | undefined {
    switch (node.kind) {
      case "literal":
        return typeof node.value === "object"
          ? "number"
          : (typeof node.value as "string" | "number" | "boolean");
      case "instant":
        return "date";
      case "duration":
        return "duration";
      case "path":
        return this.#typeOfPath(node);
      case "negate":
        return this.typeOf(node.operand);
      case "arithmetic":
        return this.#typeOfArithmetic(this.typeOf(node.left), this.typeOf(node.right));
      case "call": {
        const [argument] = node.arguments;
        const { gives } = functions[node.name];
        return gives === "argument" ? argument && this.typeOf(argument) : gives;
      }
    }
  }

  #typeOfPath({ segments }: PathNode): FieldType | undefined {
    const resolved = resolvePath(segments);
    const [column = ""] = resolved;
    if (resolved.length === 1 && Object.hasOwn(columnTypes, column)) return columnTypes[column];
    const known = this.#schema?.get(resolved.join("."));
    if (known) return known;
    const types = new Set(
      this.#samples
        .map((event) => typeOfValue(readPath(event, segments)))
        .filter((type) => type !== undefined),
    );
    const [only] = types;
    return types.size === 1 ? only : undefined;
  }

  #typeOfArithmetic(left: OperandType | undefined, right: OperandType | undefined): OperandType | undefined {
    if (left === right) return left === "date" ? "duration" : left;
    if (left === "decimal" || right === "decimal") return "decimal";
    return left === "date" || right === "date" ? "date" : undefined;
  }
}

function keyOf(segments: readonly string[]): string {
  return resolvePath(segments).join(".");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Whether an event has the field, be it null. */
function hasPath(event: EventFacts, segments: readonly string[]): boolean {
  const parent = segments.length === 2 ? event.payload : readPath(event, segments.slice(0, -1));
  return isObject(parent) && Object.hasOwn(parent, segments.at(-1) ?? "");
}

function typeOfValue(value: Value): FieldType | undefined {
  if (value === undefined) return undefined;
  if (Array.isArray(value)) return "list";
  if (value instanceof Instant) return "date";
  if (value instanceof Decimal) return "number";
  return typeof value as "string" | "number" | "boolean" | "object";
}
