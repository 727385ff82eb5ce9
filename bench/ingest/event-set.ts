import type { EventFacts } from "@tocsin/rules-dsl";
import { filtrex } from "../rules/peers/filtrex.ts";
import { generateTransferEvents } from "../rules/transfer-set.ts";
import { rules } from "./rule-set.ts";

/** One event of so many matches a rule, and no more than one; the others match none. */
const eventsOfMatch = 100;

const seed = 42;
const drawn = 1000;

const events = generateTransferEvents(drawn, seed).map((text) => JSON.parse(text) as EventFacts);
/** Counted rule by rule by filtrex: what Tocsin finds is checked against it. */
const countMatches = filtrex.prepare(rules);
const counts = events.map((event) => countMatches(event));
const matching = events.filter((_, index) => counts[index] === 1);
const others = events.filter((_, index) => counts[index] === 0);

/** Whether the n-th event matches a rule. */
export function isMatching(number: number): boolean {
  return number % eventsOfMatch === 0;
}

/** The n-th event: about 330 bytes, as a payment back end sends them. */
export function eventOf(number: number): object {
  const event = isMatching(number)
    ? matching[(number / eventsOfMatch) % matching.length]
    : others[number % others.length];
  if (!event) throw new RangeError(`There is no event ${number}`);
  return { type: event.type, source: event.source, payload: event.payload };
}

/** How many of the first `count` events match a rule. */
export function matchingOf(count: number): number {
  return Math.ceil(count / eventsOfMatch);
}

/** Request bodies of the first `count` events: one each, or so many in a batch. */
export function bodiesOf(count: number, batchSize: number): string[] {
  const sent = Array.from({ length: count }, (_, index) => eventOf(index));
  if (batchSize === 1) return sent.map((event) => JSON.stringify(event));
  return Array.from({ length: Math.ceil(count / batchSize) }, (_, index) =>
    JSON.stringify({ events: sent.slice(index * batchSize, (index + 1) * batchSize) }),
  );
}
