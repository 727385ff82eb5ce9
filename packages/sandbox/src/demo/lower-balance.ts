import { randomUUID } from "node:crypto";
import { waitUntil } from "../engines/wait-until.ts";
import { isJsonObject } from "../json.ts";
import type { ApiClient } from "./api-client.ts";

/** An event that the system sent itself, with the moment at which it was caused. */
export interface CausedEvent {
  id: string;
  sentAt: number;
}

/**
 * Makes a transfer bucket and takes so much from it that it falls below its threshold.
 *
 * @param patienceMs how long its event may be under way (ms).
 * @returns the event that tells of it; undefined when none came in time.
 */
export async function lowerBalance(api: ApiClient, patienceMs: number): Promise<CausedEvent | undefined> {
  const { id: bucketId } = await api.post("/transfer-buckets", {
    name: "Demo payouts",
    currency: "EUR",
    currentBalance: "12000",
    threshold: "10000",
    hysteresis: "500",
  });
  const sentAt = performance.now();
  // The key lets a call that got no answer be repeated without taking the amount twice.
  const change = { amount: "-2500.50", idempotencyKey: `demo-${randomUUID()}` };
  await api.post(`/transfer-buckets/${String(bucketId)}/balance`, change);
  let id: unknown;
  await waitUntil(async () => {
    const { items } = await api.get("/events?type=bucket.below_threshold&source=tocsin");
    const events = Array.isArray(items) ? items.filter(isJsonObject) : [];
    id = events.find(({ dedupKey }) => dedupKey === `transfer-bucket:${String(bucketId)}`)?.["id"];
    return typeof id === "string";
  }, patienceMs);
  return typeof id === "string" ? { id, sentAt } : undefined;
}
