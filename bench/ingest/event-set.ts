/** So many active rules, of which an event in a hundred matches one. */
export const ruleCount = 1000;
export const matchShare = 0.01;
export const recipientCount = 3;

/** The condition of the n-th rule. */
export function conditionOf(rule: number): string {
  return `event.type == "bench.${rule}" && event.amount > 10000`;
}

/** Whether the n-th event matches a rule. */
export function isMatching(event: number): boolean {
  return event % (1 / matchShare) === 0;
}

/** The n-th event: about 300 bytes, as a payment back end sends them. */
export function eventOf(event: number): object {
  return {
    type: isMatching(event) ? `bench.${event % ruleCount}` : "bench.other",
    source: "bench",
    payload: {
      amount: 25_000,
      currency: "EUR",
      reference: `transfer-${event}`,
      debtor: { name: "Ada Lovelace", iban: "DE02120300000000202051" },
      creditor: { name: "Charles Babbage", iban: "GB33BUKB20201555555555" },
      reason: "insufficient funds",
    },
  };
}

/** How many of the first `count` events match a rule. */
export function matchingOf(count: number): number {
  return Math.ceil(count * matchShare);
}

/** Request bodies of the first `count` events: one each, or so many in a batch. */
export function bodiesOf(count: number, batchSize: number): string[] {
  const events = Array.from({ length: count }, (_, index) => eventOf(index));
  if (batchSize === 1) return events.map((event) => JSON.stringify(event));
  return Array.from({ length: Math.ceil(count / batchSize) }, (_, index) =>
    JSON.stringify({ events: events.slice(index * batchSize, (index + 1) * batchSize) }),
  );
}
