import { type EventFacts, isDateColumn, readDate, readOwn, resolvePath } from "../event-facts.ts";
import type { Value } from "../values.ts";
import { compileFields } from "./compile-fields.ts";

/** The field that a name leads to, and those below it. */
export class FieldReader {
  readonly name: string;
  /** Where the value goes; -1 where no rule wants it. */
  slot = -1;
  readonly children: FieldReader[] = [];
  readonly #byName = new Map<string, FieldReader>();

  constructor(name: string) {
    this.name = name;
  }

  /** The field of this name, made where there is none. */
  childNamed(name: string): FieldReader {
    const known = this.#byName.get(name);
    if (known) return known;
    const child = new FieldReader(name);
    this.#byName.set(name, child);
    this.children.push(child);
    return child;
  }
}

/** Puts an event's values into their slots. */
export type EventReader = (event: EventFacts, values: Value[]) => void;

/** Every field that some rule reads, each with a number; an event's values are read once into an array. */
export class SlotTable {
  readonly #columns = new FieldReader("");
  readonly #dateColumns = new FieldReader("");
  #size = 0;

  /** How many slots there are. */
  get size(): number {
    return this.#size;
  }

  /** The slot of a path such as `["payload", "country"]` or `["country"]`. */
  slotOf(segments: readonly string[]): number {
    const [column = "", ...rest] = resolvePath(segments);
    const isDate = isDateColumn(column);
    let reader = (isDate ? this.#dateColumns : this.#columns).childNamed(column);
    for (const segment of rest) reader = reader.childNamed(segment);
    if (reader.slot === -1) reader.slot = this.#size++;
    return reader.slot;
  }

  /** A function that puts an event's values into their slots. */
  compileReader(): EventReader {
    const readColumns = compileFields(this.#columns.children);
    const dates = this.#dateColumns.children.filter(({ slot }) => slot !== -1);
    return (event, values) => {
      readColumns(event, values);
      for (const { name, slot } of dates) values[slot] = readDate(readOwn(event, name));
    };
  }
}
