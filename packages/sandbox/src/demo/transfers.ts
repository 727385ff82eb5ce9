import type { DemoEvent } from "./demo-event.ts";
import { createRandom, type Random } from "../random.ts";
import { pick } from "./pick.ts";

const FAILED_SHARE = 0.3;
const CURRENCIES = ["EUR", "USD", "GBP", "CHF"] as const;
const REASONS = ["insufficient funds", "account closed", "limit exceeded", "bank not reachable"] as const;
/** Amounts spread from 10 to a million, small ones being the most frequent. */
const AMOUNT_EXPONENTS = { from: 1, to: 6 };
const ACCOUNTS = 500;

/** Makes up what a payment system reports: the same transfers for the same seed. */
export function makeTransfers(count: number, seed: number): DemoEvent[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, index) => makeTransfer(random, index));
}

function makeTransfer(random: Random, index: number): DemoEvent {
  const hasFailed = random() < FAILED_SHARE;
  const exponent = AMOUNT_EXPONENTS.from + random() * (AMOUNT_EXPONENTS.to - AMOUNT_EXPONENTS.from);
  const payload = {
    id: `transfer-${String(index + 1).padStart(5, "0")}`,
    amount: Math.round(10 ** exponent * 100) / 100,
    currency: pick(random, CURRENCIES),
    account: `account-${Math.floor(random() * ACCOUNTS)}`,
  };
  if (!hasFailed) return { type: "transfer.completed", source: "payments", payload };
  return {
    type: "transfer.failed",
    source: "payments",
    payload: { ...payload, reason: pick(random, REASONS) },
  };
}
