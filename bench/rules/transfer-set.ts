import { createRandom, type Random } from "../random.ts";
import type { Predicate, RuleSpec } from "./rule-spec.ts";

/*
 * The transfer set: payment events of a bank and the rules that its operators would write, from a fixed seed.
 *
 * Events (about 350 bytes of JSON): 40 types and 100 countries, few of them frequent (index = floor(n · u²)); 12
 * currencies, 6 channels, 20,000 accounts, 300 merchant categories; amounts 10^(1 … 6) with two decimals; a risk
 * score of 0 … 1; a reference of two letters and six digits; every tenth event carries a `flag`.
 *
 * Rules take the eight shapes below in turn. Their constants are drawn as the events' are; thresholds are what
 * alerts have: the top one per cent of amounts and scores. Of a thousand rules, an event
 * matches 0.13 on average.
 */

const currencies = ["EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "JPY", "TRY"];
const channels = ["web", "mobile", "branch", "api", "atm", "batch"];
const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ";
const cities = ["Aachen", "Lyon", "Porto", "Gdynia", "Umeå", "Bergen", "Brno", "Pécs"];
const verbs = ["created", "completed", "failed", "reversed", "held"];
const objects = ["transfer", "payment", "refund", "withdrawal", "deposit", "payout", "mandate", "chargeback"];
const types = objects.flatMap((object) => verbs.map((verb) => `${object}.${verb}`));
const countries = Array.from(
  { length: 100 },
  (_, index) => `${letters[Math.floor(index / 10) % 24] ?? "A"}${letters[(index * 7) % 24] ?? "A"}`,
).map((code, index) => (index < 2 ? (["DE", "FR"][index] ?? code) : code));

const skewed = (random: Random, items: readonly string[]) => items[random.skewedBelow(items.length)] ?? "";
const account = (random: Random) => `acc-${String(random.below(20_000)).padStart(6, "0")}`;
const category = (random: Random) => String(5000 + random.below(300));
const prefix = (random: Random) => `${random.pick(letters.split(""))}${random.pick(letters.split(""))}`;

/** The JSON texts of transfer events. */
export function generateTransferEvents(count: number, seed: number): string[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const second = String(index % 60).padStart(2, "0");
    return JSON.stringify({
      id: `evt-${String(index).padStart(6, "0")}`,
      type: skewed(random, types),
      source: "core-banking",
      receivedAt: `2026-03-01T12:00:${second}.000Z`,
      payload: {
        amount: Math.round(10 ** (1 + random.next() * 5) * 100) / 100,
        currency: random.pick(currencies),
        country: skewed(random, countries),
        accountId: account(random),
        channel: random.pick(channels),
        score: Math.round(random.next() * 1000) / 1000,
        reference: `${prefix(random)}${String(random.below(1_000_000)).padStart(6, "0")}`,
        instant: random.below(2) === 0,
        attempt: 1 + random.skewedBelow(5),
        fee: random.below(500) / 100,
        balance: random.below(10_000_000) / 100,
        debtor: { kind: random.pick(["private", "company"]), years: random.below(30) },
        merchant: { category: category(random), city: random.pick(cities) },
        ...(random.below(10) === 0 ? { flag: "manual" } : {}),
      },
    });
  });
}

type Shape = (random: Random) => Predicate[];

const shapes: readonly Shape[] = [
  // Equality and a threshold.
  (random) => [
    { operator: "equal", path: ["type"], value: skewed(random, types) },
    { operator: "atLeast", path: ["payload", "amount"], value: 900_000 + random.below(100_000) },
  ],
  // One of some, and equality.
  (random) => [
    { operator: "in", path: ["payload", "country"], values: [0, 1, 2].map(() => skewed(random, countries)) },
    { operator: "equal", path: ["payload", "merchant", "category"], value: category(random) },
  ],
  // One account.
  (random) => [{ operator: "equal", path: ["payload", "accountId"], value: account(random) }],
  // Country and risk.
  (random) => [
    { operator: "equal", path: ["payload", "country"], value: skewed(random, countries) },
    { operator: "atLeast", path: ["payload", "score"], value: (990 + random.below(10)) / 1000 },
  ],
  // A prefix and equality.
  (random) => [
    {
      operator: "startsWith",
      path: ["payload", "reference"],
      value: prefix(random) + String(10 + random.below(90)),
    },
    { operator: "equal", path: ["payload", "channel"], value: random.pick(channels) },
  ],
  // A negation, equality and a two-sided range.
  (random) => {
    const from = 100_000 + random.below(800_000);
    return [
      { operator: "notEqual", path: ["payload", "currency"], value: random.pick(currencies) },
      { operator: "equal", path: ["type"], value: skewed(random, types) },
      { operator: "atLeast", path: ["payload", "amount"], value: from },
      { operator: "atMost", path: ["payload", "amount"], value: from + 5000 },
    ];
  },
  // A field that is there, and equality.
  (random) => [
    { operator: "exists", path: ["payload", "flag"] },
    { operator: "equal", path: ["payload", "merchant", "category"], value: category(random) },
  ],
  // Two equalities and a threshold from below.
  (random) => [
    { operator: "equal", path: ["type"], value: skewed(random, types) },
    { operator: "equal", path: ["payload", "currency"], value: random.pick(currencies) },
    { operator: "atMost", path: ["payload", "amount"], value: 10 + random.below(3) },
  ],
];

/** Rules over transfer events. */
export function generateTransferRules(count: number, seed: number): RuleSpec[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => ({
    id: `rule-${String(index).padStart(6, "0")}`,
    priority: 1 + (index % 5),
    all: shapes[index % shapes.length]?.(random) ?? [],
  }));
}
