import { type EventFacts, isDateColumn, readDate, readOwn, resolvePath } from "../event-facts.ts";
import type { Value } from "../values.ts";
import { compileFields } from "./compile-fields.ts";

/** The field that a name leads to, and those below it. */
export interface FieldReader {
  name: string;
  /** Where the value goes; -1 where no rule wants it. */
  slot: number;
  children: FieldReader[];
}

/** Puts an event's values into their slots. */
export type EventReader = (event: EventFacts, values: Value[]) => void;

/** Every field that some rule reads, each with a number; an event's values are read once into an array. */
export class SlotTable {
  readonly #columns: FieldReader[] = [];
  readonly #dateColumns: FieldReader[] = [];
  #size = 0;

  /** How many slots there are. */
  get size(): number {
    return this.#size;
  }

  /** The slot of a path such as `["payload", "country"]` or `["country"]`. */
  slotOf(segments: readonly string[]): number {
    const [column = "", ...rest] = resolvePath(segments);
    const isDate = isDateColumn(column);
    let reader = childNamed(isDate ? this.#dateColumns : this.#columns, column);
    for (const segment of rest) reader = childNamed(reader.children, segment);
    if (reader.slot === -1) reader.slot = this.#size++;
    return reader.slot;
  }

  /** A function that puts an event's values into their slots. */
  compileReader(): EventReader {
    const readColumns = compileFields(this.#columns);
    const dates = this.#dateColumns.filter(({ slot }) => slot !== -1);
    return (event, values) => {
      readColumns(event, values);
      for (const { name, slot } of dates) values[slot] = readDate(readOwn(event, name));
    };
  }
}

function childNamed(readers: FieldReader[], name: string): FieldReader {
  const known = readers.find((reader) => reader.name === name);
  if (known) return known;
  const reader = { name, slot: -1, children: [] };
  readers.push(reader);
  return reader;
}
