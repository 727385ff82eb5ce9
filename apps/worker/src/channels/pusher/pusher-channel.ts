import type { Channel, DeliveryOutcome, DeliveryRequest } from "@tocsin/core/delivery/channel";
import { chunks } from "@tocsin/db/chunks";
import Pusher from "pusher";
import { eventOf, maximumChannels, packCalls, type PusherCall } from "./pack-calls.ts";

/** How many calls are under way at once. */
const concurrentCalls = 8;

/** People's screens: one call for up to a hundred private channels, or for up to ten events. */
export function createPusherChannel(pusher: Pusher): Channel {
  async function call(one: PusherCall): Promise<DeliveryOutcome> {
    try {
      if (one.kind === "batch") {
        await pusher.triggerBatch([...one.events]);
      } else {
        const { name, data } = eventOf(one.request.message);
        await pusher.trigger(
          one.request.targets.map(({ address }) => address),
          name,
          data,
        );
      }
      return { status: "accepted", providerId: null };
    } catch (error) {
      return toOutcome(error);
    }
  }

  async function callAll(requests: readonly DeliveryRequest[]): Promise<DeliveryOutcome[]> {
    const outcomes: DeliveryOutcome[] = [];
    for (const some of chunks(packCalls(requests), concurrentCalls)) {
      const called = await Promise.all(some.map(async (one) => ({ one, outcome: await call(one) })));
      for (const { one, outcome } of called) for (const index of one.requests) outcomes[index] = outcome;
      // A Pusher that does not answer is not asked again at once: what is left is tried later.
      const silent = called.find(({ outcome }) => isSilence(outcome));
      if (silent) return requests.map((_, index) => outcomes[index] ?? silent.outcome);
    }
    return outcomes;
  }

  return {
    name: "pusher",
    maximumTargets: maximumChannels,
    async deliver(requests) {
      const outcomes = await callAll(requests);
      // One event that Pusher will never take must not take those beside it along: each is asked for by itself.
      const refused = requests.flatMap((request, index) => {
        const isAlone = requests.length === 1;
        return outcomes[index]?.status === "permanent" && !isAlone ? [{ request, index }] : [];
      });
      for (const some of chunks(refused, concurrentCalls)) {
        const alone = await Promise.all(some.map(({ request }) => callAll([request])));
        some.forEach(({ index }, place) => {
          const [outcome] = alone[place] ?? [];
          if (outcome) outcomes[index] = outcome;
        });
      }
      return requests.map(({ targets }, index) => {
        const outcome = outcomes[index];
        return outcome ? targets.map(() => outcome) : [];
      });
    },
  };
}

function isSilence(outcome: DeliveryOutcome): boolean {
  return outcome.status === "transient" && outcome.errorCode === "network";
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
