import type { Channel, DeliveryOutcome } from "@tocsin/core/delivery/channel";

/** A provider refused so many targets of a delivery because of our credentials or settings, and why. */
export interface Refusal {
  errorCode: string;
  message: string;
  targets: number;
}

/** A channel that tells of what is refused because of our credentials or settings: somebody has to put them right. */
export function reportRefusals<Some extends Channel>(
  channel: Some,
  onRefusal: (refusal: Refusal) => void,
): Some {
  return {
    ...channel,
    async deliver(requests, mayCall) {
      const outcomes = await channel.deliver(requests, mayCall);
      for (const refusal of refusalsOf(outcomes)) onRefusal(refusal);
      return outcomes;
    },
  };
}

function refusalsOf(outcomes: readonly DeliveryOutcome[][]): Refusal[] {
  const ours = outcomes
    .flat()
    .flatMap((outcome) => (outcome.status === "transient" && outcome.isOurs ? [outcome] : []));
  return Array.from(
    Map.groupBy(ours, ({ errorCode }) => errorCode),
    ([errorCode, some]) => ({
      ...{ errorCode, message: some[0]?.message ?? "", targets: some.length },
    }),
  );
}
