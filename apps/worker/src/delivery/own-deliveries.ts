import { deliverLeased, type DeliveryServices } from "@tocsin/core/delivery/deliver-notifications";
import type { LeasedDeliveries } from "@tocsin/core/delivery/load-leased";
import type { OwnDeliveries } from "@tocsin/core/pipeline/claim-deliveries";
import { wakeAgain } from "./wake-again.ts";

/** The deliveries that this worker makes without a job. */
export interface RunningDeliveries extends OwnDeliveries {
  /** Delivers what this worker has leased. Nobody waits for it; what fails is due again when the lease ends. */
  begin: (leased: LeasedDeliveries) => void;
  /** Resolves when all that was begun is done. */
  close: () => Promise<void>;
}

/**
 * Delivers the alerts that this worker raises as soon as they are committed, without a way through the queue.
 * @param concurrency how many batches' alerts at once; those of further ones go to the queue
 */
export function createOwnDeliveries(services: DeliveryServices, concurrency: number): RunningDeliveries {
  const underWay = new Set<Promise<void>>();

  async function deliver(leased: LeasedDeliveries): Promise<void> {
    try {
      await wakeAgain(services.wakeUps, "deliver", await deliverLeased(services, leased));
    } catch (error) {
      const count = leased.deliveries.length;
      services.log.error("Alerts could not be delivered; a sweep makes up for it", { count, error });
    }
  }

  return {
    pushPlatforms: services.pushPlatforms,
    hasRoom: () => underWay.size < concurrency,
    begin(leased) {
      const delivery: Promise<void> = deliver(leased).finally(() => underWay.delete(delivery));
      underWay.add(delivery);
    },
    close: async () => void (await Promise.all(underWay)),
  };
}
