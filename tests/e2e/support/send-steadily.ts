import type { Client } from "../../support/client.ts";

/** Somebody who sends one event after the other until told to stop. */
export interface SteadySender {
  /** The ids of the events that were accepted, oldest first. */
  accepted: string[];
  /** How many were answered with 503. */
  refused: () => number;
  /** When the last one was accepted, by `performance.now()`. */
  lastAcceptedAt: () => number;
  /** Resolves when nothing is under way. */
  stop: () => Promise<void>;
}

/** Sends events of a type. What was refused is not sent again: each one that counts was accepted. */
export function sendSteadily(client: Client, type: string): SteadySender {
  const accepted: string[] = [];
  const unexpected: number[] = [];
  let [refused, lastAcceptedAt, isStopped] = [0, 0, false];

  async function run(): Promise<void> {
    while (!isStopped) {
      const { status, body } = await client.post("/api/v1/events", { type, source: "shop" });
      if (status === 202) {
        accepted.push(body.id);
        lastAcceptedAt = performance.now();
      } else if (status === 503) refused += 1;
      else unexpected.push(status);
    }
  }

  const running = run();
  return {
    accepted,
    refused: () => refused,
    lastAcceptedAt: () => lastAcceptedAt,
    async stop() {
      isStopped = true;
      await running;
      if (unexpected.length > 0)
        throw new Error(`Answers that are neither 202 nor 503: ${unexpected.join()}`);
    },
  };
}
