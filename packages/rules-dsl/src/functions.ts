import type { CallNode } from "./ast.ts";
import { Decimal, parseDecimal } from "./decimal.ts";
import { ExceededLimit, stepsToRead } from "./search-budget.ts";
import { Duration, type Instant, type Value } from "./values.ts";
import { functions } from "./vocabulary.ts";

/**
 * The value of a function; unknown where the argument is, or is of another type; the limit that it would exceed where
 * the argument is a text too long for its steps.
 * @param now what `now()` gives
 */
export function callFunction(
  { name, steps }: Pick<CallNode, "name" | "steps">,
  argument: Value,
  now: Instant | undefined,
): Value | ExceededLimit {
  if (typeof argument === "string" && functions[name].readsAll && stepsToRead(argument.length) > steps) {
    return ExceededLimit.ofSteps(stepsToRead(argument.length), steps);
  }
  switch (name) {
    case "abs":
      return absolute(argument);
    case "decimal":
      return toExact(argument);
    case "len":
      return lengthOf(argument);
    case "lower":
      return typeof argument === "string" ? argument.toLowerCase() : undefined;
    case "now":
      return now;
  }
}

function absolute(value: Value): Value {
  if (typeof value === "number") return Math.abs(value);
  if (value instanceof Decimal)
    return value.coefficient < 0n ? new Decimal(-value.coefficient, value.scale) : value;
  return value instanceof Duration ? new Duration(Math.abs(value.milliseconds)) : undefined;
}

function toExact(value: Value): Value {
  if (value instanceof Decimal) return value;
  return typeof value === "string" || typeof value === "number" ? parseDecimal(value) : undefined;
}

/** Items of a list or characters (Unicode code points) of a text. */
function lengthOf(value: Value): Value {
  if (Array.isArray(value)) return value.length;
  if (typeof value !== "string") return undefined;
  let pairs = 0;
  for (let index = 0; index < value.length; index += 1) {
    if ((value.codePointAt(index) ?? 0) > 0xffff) {
      pairs += 1;
      index += 1;
    }
  }
  return value.length - pairs;
}
