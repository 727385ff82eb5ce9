/** The years that an instant may lie in, in UTC: what every database keeps, and every clock that is set shows. */
export const instantYears = { first: 1970, last: 9999 } as const;

const earliest = Date.UTC(instantYears.first, 0, 1);
const latest = Date.UTC(instantYears.last + 1, 0, 1) - 1;

/** Longer than any spelling with a fraction that somebody means. Characters. */
const longest = 64;

/** RFC 3339, section 5.6; ISO 8601's basic offset too (`+0000`), and no seconds where there are none. */
const notation =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(?:[Zz]|([+-])(\d{2}):?(\d{2}))$/;

/** What is wrong with what {@link readInstant} does not read. */
export const instantMessage =
  "Must be an instant such as 2026-11-23T08:30:00Z or 2026-11-23T09:30:00+01:00, in the years " +
  `${instantYears.first} to ${instantYears.last}`;

/**
 * Reads an instant as RFC 3339 writes it. The language of rules reads what has an offset alike
 * (packages/rules-dsl/src/dates.ts); a test in packages/core holds the two together.
 * @returns milliseconds since 1970, what is below them dropped; undefined for anything else, 30 February included
 */
export function readInstant(text: string): number | undefined {
  if (text.length > longest) return undefined;
  const parts = notation.exec(text);
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  // A leap second, which clocks do not show, is the second after it.
  if (hour > 23 || minute > 59 || second > 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const [fraction = "", sign, hours, minutes] = parts.slice(7);
  const offset = offsetOf(sign, hours, minutes);
  if (offset === undefined) return undefined;
  const below = Number(fraction.slice(0, 3).padEnd(3, "0"));
  const milliseconds = date.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1000 + below;
  return milliseconds >= earliest && milliseconds <= latest ? milliseconds : undefined;
}

/** Minutes east of UTC; undefined where no clock is set so. */
function offsetOf(
  sign: string | undefined,
  hours: string | undefined,
  minutes: string | undefined,
): number | undefined {
  const [whole, rest] = [Number(hours ?? 0), Number(minutes ?? 0)];
  if (whole > 23 || rest > 59) return undefined;
  return (sign === "-" ? -1 : 1) * (whole * 60 + rest);
}

/** The one spelling of an instant: ISO 8601 in UTC, with milliseconds. What is none stays as it is. */
export function canonicalInstant(text: string): string {
  const milliseconds = readInstant(text);
  return milliseconds === undefined ? text : new Date(milliseconds).toISOString();
}
