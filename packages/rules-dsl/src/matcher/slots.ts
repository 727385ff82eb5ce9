import { type EventFacts, isDateColumn, readDate, readOwn, resolvePath } from "../event-facts.ts";
import { toValue, type Value } from "../values.ts";

/** The field that a name leads to, and those below it. */
interface FieldReader {
  name: string;
  /** Where the value goes; -1 where no rule wants it. */
  slot: number;
  children: FieldReader[];
}

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

  /** Puts an event's values into their slots. */
  read(event: EventFacts, values: Value[]): void {
    values.fill(undefined);
    readFields(event, this.#columns, values);
    for (const { name, slot } of this.#dateColumns) {
      if (slot !== -1) values[slot] = readDate(readOwn(event, name));
    }
  }
}

function childNamed(readers: FieldReader[], name: string): FieldReader {
  const known = readers.find((reader) => reader.name === name);
  if (known) return known;
  const reader = { name, slot: -1, children: [] };
  readers.push(reader);
  return reader;
}

function readFields(holder: object, readers: readonly FieldReader[], values: Value[]): void {
  for (const reader of readers) {
    const raw = readOwn(holder, reader.name);
    if (raw === undefined || raw === null) continue;
    if (reader.slot !== -1) values[reader.slot] = toValue(raw);
    if (reader.children.length > 0 && typeof raw === "object") readFields(raw, reader.children, values);
  }
}
