import { newId } from "@tocsin/db/ids";
import { chunks } from "@tocsin/db/chunks";
import type { Channel, DeliveryOutcome, DeliveryTarget } from "./channel.ts";
import type { PlannedRequest } from "./plan-requests.ts";

/** How many requests a channel is handed at once. */
const requestsAtOnce = 50;

/** A request that was made of a provider, and how it took each target. */
export interface DeliveryCall {
  id: string;
  notificationId: string;
  targets: readonly DeliveryTarget[];
  outcomes: readonly DeliveryOutcome[];
  startedAt: Date;
  finishedAt: Date;
}

/**
 * Makes the requests, many at once. What is not made within `budgetMs`, because the provider is slow, is not made: it
 * is to be tried again.
 */
export async function makeCalls(
  { channel, clock }: { channel: Channel; clock: () => Date },
  planned: readonly PlannedRequest[],
  budgetMs: number,
): Promise<DeliveryCall[]> {
  const endsAt = clock().getTime() + budgetMs;
  const calls: DeliveryCall[] = [];
  for (const some of chunks(planned, requestsAtOnce)) {
    const startedAt = clock();
    if (startedAt.getTime() >= endsAt) break;
    const outcomes = await channel.deliver(some.map(({ request }) => request));
    const finishedAt = clock();
    some.forEach(({ notificationId, request }, index) => {
      calls.push({
        id: newId(),
        notificationId,
        targets: request.targets,
        outcomes: outcomes[index] ?? [],
        startedAt,
        finishedAt,
      });
    });
  }
  return calls;
}
