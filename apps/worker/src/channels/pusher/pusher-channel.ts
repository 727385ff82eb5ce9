import type { DeliveryOutcome, DeliveryRequest, MayCall } from "@tocsin/core/delivery/channel";
import Pusher from "pusher";
import type { LimitedChannel } from "../limited-channel.ts";
import { calledBack, createProviderCalls } from "../provider-calls.ts";
import {
  eventOf,
  eventsOf,
  maximumChannels,
  packCalls,
  type PlacedRequest,
  type PusherCall,
} from "./pack-calls.ts";

/** How many calls are under way at once. */
const concurrentCalls = 100;

/** People's screens: one call for up to a hundred private channels, or for up to ten events. */
export function createPusherChannel(
  pusher: Pusher,
  { timeoutMs }: { timeoutMs?: number } = {},
): LimitedChannel {
  const calls = createProviderCalls({ concurrent: concurrentCalls, timeoutMs });

  /** Makes a call of those of its requests that are still to be made when it is its turn. */
  async function call({ kind, requests }: PusherCall, mayCall: MayCall): Promise<PlacedOutcome[]> {
    let due: readonly PlacedRequest[] = [];
    const outcome = await calls.make(
      () => {
        due = requests.filter(({ request }) => request.targets.some(mayCall));
        return due.length > 0;
      },
      () => trigger(pusher, kind, due).then(() => ({ status: "accepted", providerId: null }), toOutcome),
    );
    return requests.map((one) => ({
      index: one.index,
      outcome: due.length === 0 || due.includes(one) ? outcome : calledBack,
    }));
  }

  async function callAll(
    requests: readonly DeliveryRequest[],
    mayCall: MayCall,
  ): Promise<(DeliveryOutcome | undefined)[]> {
    const called = await Promise.all(packCalls(requests).map((one) => call(one, mayCall)));
    const outcomes: (DeliveryOutcome | undefined)[] = [];
    for (const { index, outcome } of called.flat()) outcomes[index] = outcome;
    return outcomes;
  }

  return {
    name: "pusher",
    maximumTargets: maximumChannels,
    isPaused: () => calls.isPaused(),
    async deliver(requests, mayCall = () => true) {
      const outcomes = await callAll(requests, mayCall);
      // One event that Pusher will never take must not take those beside it along: each is asked for by itself.
      await Promise.all(
        requests.map(async (request, index) => {
          if (requests.length === 1 || outcomes[index]?.status !== "permanent") return;
          [outcomes[index]] = await callAll([request], mayCall);
        }),
      );
      return requests.map(({ targets }, index) => {
        const outcome = outcomes[index];
        return outcome ? targets.map(() => outcome) : [];
      });
    },
  };
}

interface PlacedOutcome {
  index: number;
  outcome: DeliveryOutcome;
}

async function trigger(
  pusher: Pusher,
  kind: PusherCall["kind"],
  requests: readonly PlacedRequest[],
): Promise<void> {
  const [first] = requests;
  if (kind === "batch" || !first) {
    await pusher.triggerBatch(eventsOf(requests));
    return;
  }
  const { message, targets } = first.request;
  const { name, data } = eventOf(message);
  await pusher.trigger(
    targets.map(({ address }) => address),
    name,
    data,
  );
}

/** Only a request that Pusher will never take is final; a wrong key may be put right while we try again. */
function toOutcome(error: unknown): DeliveryOutcome {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof Pusher.RequestError) || error.status === undefined) {
    return { status: "transient", errorCode: "network", message, retryAfterMs: null };
  }
  const errorCode = `http_${error.status}`;
  if (error.status === 400 || error.status === 413) return { status: "permanent", errorCode, message };
  return { status: "transient", errorCode, message, retryAfterMs: null };
}
