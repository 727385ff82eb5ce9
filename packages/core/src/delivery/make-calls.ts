import { newId } from "@tocsin/db/ids";
import type { Channel, DeliveryOutcome, DeliveryTarget, MayCall } from "./channel.ts";
import type { PlannedRequest } from "./plan-requests.ts";

/** A request that was made of a provider, and how it took each target. */
export interface DeliveryCall {
  id: string;
  notificationId: string;
  targets: readonly DeliveryTarget[];
  outcomes: readonly DeliveryOutcome[];
  startedAt: Date;
  finishedAt: Date;
}

/** A channel that says nothing of a target did not call it. */
export const notCalled: DeliveryOutcome = {
  ...{ status: "not_called", errorCode: "called_back", retryAfterMs: 1_000 },
};

/** Makes the requests, as many at once as the channel lets through. */
export async function makeCalls(
  { channel, clock }: { channel: Channel; clock: () => Date },
  planned: readonly PlannedRequest[],
  mayCall: MayCall,
): Promise<DeliveryCall[]> {
  if (planned.length === 0) return [];
  const startedAt = clock();
  const outcomes = await channel.deliver(
    planned.map(({ request }) => request),
    mayCall,
  );
  const finishedAt = clock();
  return planned.map(({ notificationId, request: { targets } }, index) => ({
    ...{ id: newId(), notificationId, targets, startedAt, finishedAt },
    outcomes: targets.map((_target, place) => outcomes[index]?.[place] ?? notCalled),
  }));
}
