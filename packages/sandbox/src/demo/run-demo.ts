import { randomUUID } from "node:crypto";
import { resolve } from "node:path";
import { waitUntil } from "../engines/wait-until.ts";
import { ROOT } from "../stack/layout.ts";
import type { ReadyInfo } from "../stack/ready-info.ts";
import { ApiError, logIn } from "./api-client.ts";
import type { ApiClient } from "./api-client.ts";
import { createArrivals } from "./arrivals.ts";
import type { Arrivals } from "./arrivals.ts";
import { awaitResults } from "./await-results.ts";
import type { DemoEvent } from "./demo-event.ts";
import { findExpectedAlerts } from "./expected-alerts.ts";
import { formatArrival } from "./format-arrival.ts";
import { readGithubEvents } from "./github-events.ts";
import { listenForAlerts } from "./listen-for-alerts.ts";
import { mix } from "./mix.ts";
import { lowerBalance } from "./lower-balance.ts";
import type { DemoOptions } from "./options.ts";
import { readTargetRoles } from "./read-rules.ts";
import { runPaced } from "./run-paced.ts";
import { findAccount } from "./running-system.ts";
import { summarise } from "./summary.ts";
import type { Summary } from "./summary.ts";
import { makeTransfers } from "./transfers.ts";

/** The whole collection where it lies beside the clone, else the sample that comes with it. */
const WEBHOOK_FILES = [
  resolve(ROOT, "../shared/data/github-webhooks.jsonl"),
  resolve(import.meta.dirname, "../../data/github-webhooks-sample.jsonl"),
];
const SEED = 20_261_123;
const SEND_CONCURRENCY = 20;
const STRAGGLER_MS = 20_000;

/**
 * Sends events to a running system as an Admin, lowers a balance below its threshold, and receives the alerts as an
 * Operator.
 *
 * @param stragglerMs how long an alert may still be under way after its event was processed, and the event of the
 *   balance after that was lowered (ms).
 * @throws UserError when the system doesn't answer or the subscription is refused.
 */
export async function runDemo(
  system: Pick<ReadyInfo, "api" | "accounts">,
  options: DemoOptions,
  stragglerMs = STRAGGLER_MS,
): Promise<Summary> {
  const { api, accounts } = system;
  const print = options.isQuiet ? () => undefined : console.log;
  const operator = await logIn(api, findAccount(accounts, "Operator"));
  const admin = await logIn(api, findAccount(accounts, "Admin"));
  const events = mix(readGithubEvents(WEBHOOK_FILES), makeTransfers(options.transfers, SEED));
  const arrivals = createArrivals((arrival) => print(formatArrival(arrival)));
  const stopListening = await listenForAlerts(api, operator, (alert) =>
    arrivals.noteAlert(alert, performance.now()),
  );
  try {
    print(`▸ Sending ${events.length} events, ${options.rate} a second, then lowering a balance;`);
    print("  alerts as an Operator sees them:");
    const accepted = await sendAll(admin, events, options.rate, arrivals);
    const caused = await lowerBalance(admin, stragglerMs);
    if (caused !== undefined) {
      arrivals.noteSent(caused.id, caused.sentAt);
      accepted.push(caused.id);
    }
    const results = await awaitResults(admin, accepted);
    const targetRolesOf = await readTargetRoles(admin);
    const expected = findExpectedAlerts(results.values(), targetRolesOf, operator.user.roles);
    await waitUntil(() => [...expected].every((id) => arrivals.list().has(id)), stragglerMs);
    return summarise({
      sent: events.length + 1,
      accepted: accepted.length,
      results: results.values(),
      expected,
      arrivals: arrivals.list(),
    });
  } finally {
    stopListening();
  }
}

/** @returns the ids of the events that were accepted. */
async function sendAll(
  api: ApiClient,
  events: readonly DemoEvent[],
  rate: number,
  arrivals: Arrivals,
): Promise<string[]> {
  const run = randomUUID();
  const accepted: string[] = [];
  await runPaced(
    events,
    { rate, concurrency: SEND_CONCURRENCY },
    async ({ payload, source, type }, index) => {
      const sentAt = performance.now();
      try {
        // The key lets a call that got no answer be repeated without a second event.
        const idempotencyKey = `demo-${run}-${index}`;
        const { id } = await api.post("/events", { type, source, payload, idempotencyKey });
        arrivals.noteSent(String(id), sentAt);
        accepted.push(String(id));
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        console.error(`✗ ${type} was refused: ${error.message}`);
      }
    },
  );
  return accepted;
}
