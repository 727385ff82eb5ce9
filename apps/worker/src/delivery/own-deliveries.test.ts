import type { DeliveryServices } from "@tocsin/core/delivery/deliver-notifications";
import type { LeasedDeliveries } from "@tocsin/core/delivery/load-leased";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { describe, expect, it } from "vitest";
import { createOwnDeliveries } from "./own-deliveries.ts";

/** Nothing but an alert that is over: to deliver it is one statement. */
const leased: LeasedDeliveries = {
  ...{
    deliveries: [],
    overIds: ["0198c0de-0000-7000-8000-000000000001"],
    recipients: [],
    excluded: [],
    devices: [],
  },
  lease: { id: "0198c0de-0000-7000-8000-000000000002", forMs: 10_000, madeAt: 0 },
};

/** Deliveries that wait for `held` before they end. */
function scene(concurrency: number) {
  const held: PromiseWithResolvers<void>[] = [];
  const errors: string[] = [];
  const services = {
    log: { error: (text: string) => errors.push(text) },
    clock: () => new Date(),
    pushPlatforms: [],
    wakeUps: {},
    pool: {
      query() {
        const query = Promise.withResolvers<void>();
        held.push(query);
        return query.promise;
      },
    },
  } as unknown as DeliveryServices;
  return { deliveries: createOwnDeliveries(services, concurrency), held, errors };
}

describe("a worker's own deliveries", () => {
  it("are as many at once as it is told, and further ones find room when one is done", async () => {
    const { deliveries, held } = scene(2);
    deliveries.begin(leased);
    expect(deliveries.hasRoom()).toBe(true);
    deliveries.begin(leased);
    expect(deliveries.hasRoom()).toBe(false);
    held.shift()?.resolve();
    await eventually(() => expect(deliveries.hasRoom()).toBe(true));
    held.shift()?.resolve();
    await deliveries.close();
  });

  it("are all done when it has closed", async () => {
    const { deliveries, held } = scene(1);
    let isClosed = false;
    deliveries.begin(leased);
    const closing = deliveries.close().then(() => (isClosed = true));
    await Promise.resolve();
    expect(isClosed).toBe(false);
    held.shift()?.resolve();
    await closing;
  });

  it("say where one failed, and make room again", async () => {
    const { deliveries, held, errors } = scene(1);
    deliveries.begin(leased);
    held.shift()?.reject(new Error("MySQL is away"));
    await eventually(() => expect(deliveries.hasRoom()).toBe(true));
    expect(errors).toEqual(["Alerts could not be delivered; a sweep makes up for it"]);
  });
});
