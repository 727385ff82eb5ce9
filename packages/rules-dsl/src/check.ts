import type { Condition, Span } from "./ast.ts";
import type { EventFacts } from "./event-facts.ts";

/** The type of a field. */
export type FieldType = "string" | "number" | "boolean" | "date" | "list" | "object";

/** What is known of events: types by path, such as `event.payload.country`. */
export type EventSchema = Readonly<Record<string, FieldType>>;

/** What the checker may compare a condition with. */
export interface CheckOptions {
  schema?: EventSchema;
  sampleEvents?: readonly EventFacts[];
}

/** Something that is allowed but probably not meant. */
export interface ConditionWarning {
  code: string;
  message: string;
  span: Span;
  suggestion?: string;
}

/** What looks unintended in a condition. */
export function checkCondition(_condition: Condition, _options: CheckOptions = {}): ConditionWarning[] {
  return [];
}
