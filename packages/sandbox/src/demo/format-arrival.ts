import type { Arrival } from "./arrivals.ts";

const MAXIMUM_TITLE = 60;
const LATENCY_WIDTH = 6;

/** One line for an alert that arrived. */
export function formatArrival({ alert, latencyMs }: Arrival): string {
  const latency = `${latencyMs.toFixed(0)} ms`.padStart(LATENCY_WIDTH + 1);
  const title = shorten(toSingleLine(alert.title)).padEnd(MAXIMUM_TITLE);
  const sound = alert.sound === null ? "" : `  ♪ ${toSingleLine(alert.sound)}`;
  return `${latency}  P${alert.priority}  ${title}${sound}`.trimEnd();
}

function shorten(text: string): string {
  // By what people see as one character, so that none is cut in two.
  const characters = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
  return characters.length <= MAXIMUM_TITLE ? text : `${characters.slice(0, MAXIMUM_TITLE - 1).join("")}…`;
}

/** Titles hold what strangers wrote: nothing of it may control the terminal. */
function toSingleLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ");
}
