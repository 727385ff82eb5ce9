const isoDate =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?(?:[Zz]|([+-])(\d{2}):?(\d{2}))?)?$/;

/** Longer than any spelling with a fraction that somebody means. Characters. */
const longestDate = 64;

/** The years, in UTC, of the instants that an event may have and a new condition may name. */
const earliest = Date.UTC(1970, 0, 1);
const latest = Date.UTC(10_000, 0, 1) - 1;

const unitMilliseconds: Readonly<Record<string, number>> = {
  w: 604_800_000,
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1000,
  ms: 1,
};

/** 100 years: no rule looks further, and every such number prints without an exponent. */
const maximumDuration = 36_525 * 86_400_000;

/**
 * Milliseconds since 1970 of a date (midnight UTC) or a date-time (UTC where no offset is written) of the years 1970 to
 * 9999; undefined for anything else, 30 February included. What has an offset is read as the API reads it
 * (packages/contracts/src/instant.ts).
 */
export function parseInstant(text: string): number | undefined {
  const milliseconds = parseDate(text);
  return milliseconds !== undefined && milliseconds >= earliest && milliseconds <= latest
    ? milliseconds
    : undefined;
}

/** Like {@link parseInstant}, of all years from 0 to 9999: conditions that name others were taken before. */
export function parseDate(text: string): number | undefined {
  // The length check keeps long payload strings away from the expression.
  if (text.length < 10 || text.length > longestDate) return undefined;
  const parts = isoDate.exec(text);
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
  const offset = parseOffset(sign, hours, minutes);
  if (offset === undefined) return undefined;
  const below = Number(fraction.slice(0, 3).padEnd(3, "0"));
  return date.getTime() + ((hour * 60 + minute - offset) * 60 + second) * 1000 + below;
}

/** Minutes east of UTC; undefined where no clock is set so. */
function parseOffset(
  sign: string | undefined,
  hours: string | undefined,
  minutes: string | undefined,
): number | undefined {
  const [whole, rest] = [Number(hours ?? 0), Number(minutes ?? 0)];
  if (whole > 23 || rest > 59) return undefined;
  return (sign === "-" ? -1 : 1) * (whole * 60 + rest);
}

/** ISO text of an instant: the date alone at midnight UTC, milliseconds only where there are some. */
export function formatInstant(milliseconds: number): string {
  const text = new Date(milliseconds).toISOString();
  if (text.endsWith("T00:00:00.000Z")) return text.slice(0, -14);
  return text.endsWith(".000Z") ? `${text.slice(0, -5)}Z` : text;
}

/** Milliseconds of a duration such as `90s` or `1h30m`; undefined unless whole milliseconds up to 100 years. */
export function parseDuration(text: string): number | undefined {
  let total = 0;
  for (const [, amount = "", unit = ""] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[wdhms])/g)) {
    total += Number(amount) * (unitMilliseconds[unit] ?? Number.NaN);
  }
  const rounded = Math.round(total);
  // 0.07m is 4200.000000000001 in doubles: the nearest millisecond is what was meant.
  return Math.abs(total - rounded) < 1e-3 && rounded <= maximumDuration ? rounded : undefined;
}

/** The shortest usual spelling: `1h30m`, `500ms`, `0s`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds === 0) return "0s";
  let rest = Math.abs(milliseconds);
  let text = milliseconds < 0 ? "-" : "";
  for (const unit of ["d", "h", "m", "s", "ms"]) {
    const size = unitMilliseconds[unit] ?? 1;
    const count = unit === "ms" ? rest : Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}
