import type {
  Channel,
  DeliveryMessage,
  DeliveryOutcome,
  DeliveryTarget,
} from "@tocsin/core/delivery/channel";
import { Provider } from "apn";
import { providerTimeoutMs, within } from "../within.ts";
import { apnsNotification } from "./apns-notification.ts";
import { apnsOutcome } from "./apns-outcome.ts";

/** How many one request may have: each is a stream of its own on one connection. */
const maximumTokens = 500;

export interface ApnsOptions {
  /** The signing key as PEM, its id, and the team that it belongs to. */
  key: string;
  keyId: string;
  teamId: string;
  /** The app's bundle id, for devices that name none. */
  topic: string;
  /** Where it is not Apple's; tests and the sandbox only. */
  server?: { host: string; port: number; ca: string } | undefined;
  timeoutMs?: number;
}

type Environment = "production" | "sandbox";

/** Push notifications to iPhones and iPads: one long-lived HTTP/2 connection for each of Apple's two environments. */
export function createApnsChannel(options: ApnsOptions): Channel & { close: () => Promise<void> } {
  const { topic, timeoutMs = providerTimeoutMs } = options;
  const providers = new Map<Environment, Provider>();

  function providerOf(environment: Environment): Provider {
    const known = providers.get(environment);
    if (known) return known;
    const provider = connect(options, environment, timeoutMs);
    providers.set(environment, provider);
    return provider;
  }

  async function send(message: DeliveryMessage, target: DeliveryTarget): Promise<DeliveryOutcome> {
    const provider = providerOf(target.environment ?? "production");
    try {
      const { failed } = await provider.send(apnsNotification(message, target, topic), target.address);
      const [failure] = failed;
      return failure
        ? apnsOutcome(failure, circumstancesOf(target))
        : { status: "accepted", providerId: target.deliveryId };
    } catch (error) {
      return apnsOutcome({ error: error as Error }, circumstancesOf(target));
    }
  }

  return {
    name: "apns",
    maximumTargets: maximumTokens,
    deliver: (requests) =>
      Promise.all(
        requests.map(({ message, targets }) =>
          Promise.all(targets.map((target) => within(timeoutMs, send(message, target)))),
        ),
      ),
    async close() {
      await Promise.all([...providers.values()].map((provider) => provider.shutdown()));
    },
  };
}

function circumstancesOf({ topic }: DeliveryTarget): { isOwnTopic: boolean; now: Date } {
  return { isOwnTopic: topic !== undefined, now: new Date() };
}

function connect(
  { key, keyId, teamId, server }: ApnsOptions,
  environment: Environment,
  requestTimeout: number,
): Provider {
  return new Provider({
    token: { key, keyId, teamId },
    production: environment === "production",
    // The rows decide when something is tried again, not the SDK.
    connectionRetryLimit: 0,
    requestTimeout,
    ...(server && { address: server.host, port: server.port, ca: [server.ca] }),
  });
}
