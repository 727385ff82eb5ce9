import type { DeliveryMessage, DeliveryOutcome, DeliveryTarget } from "@tocsin/core/delivery/channel";
import { type Notification, Provider, type ResponseFailure } from "apn";
import type { LimitedChannel } from "../limited-channel.ts";
import { createProviderCalls, providerTimeoutMs } from "../provider-calls.ts";
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

/** How many streams of its connection are in use at once. */
const concurrentCalls = 500;

type Environment = "production" | "sandbox";

/** A connection to one of Apple's two environments. */
interface Connection {
  provider: Provider;
  /** When Apple last answered over it, or it was last opened anew, by the monotonic clock. */
  freshAt: number;
}

/** Push notifications to iPhones and iPads: one long-lived HTTP/2 connection for each of Apple's two environments. */
export function createApnsChannel(options: ApnsOptions): LimitedChannel & { close: () => Promise<void> } {
  const { topic, timeoutMs = providerTimeoutMs } = options;
  const calls = createProviderCalls({ concurrent: concurrentCalls, timeoutMs });
  const connections = new Map<Environment, Connection>();

  function connectionOf(environment: Environment): Connection {
    const known = connections.get(environment);
    if (known) return known;
    const connection = { provider: connect(options, environment, timeoutMs), freshAt: 0 };
    connections.set(environment, connection);
    return connection;
  }

  async function send(message: DeliveryMessage, target: DeliveryTarget): Promise<DeliveryOutcome> {
    const connection = connectionOf(target.environment ?? "production");
    const startedAt = performance.now();
    const failure = await sendOver(connection, apnsNotification(message, target, topic), target.address);
    const isAnswered = failure === undefined || typeof failure.status === "number";
    if (isAnswered) connection.freshAt = performance.now();
    // A call from before says nothing of the session that took its place.
    else if (connection.freshAt < startedAt) endSession(connection);
    if (failure) return apnsOutcome(failure, circumstancesOf(target));
    return { status: "accepted", providerId: target.deliveryId };
  }

  return {
    name: "apns",
    maximumTargets: maximumTokens,
    isPaused: () => calls.isPaused(),
    deliver: (requests, mayCall = () => true) =>
      Promise.all(
        requests.map(({ message, targets }) =>
          Promise.all(
            targets.map((target) =>
              calls.make(
                () => mayCall(target),
                () => send(message, target),
              ),
            ),
          ),
        ),
      ),
    async close() {
      await Promise.all([...connections.values()].map(({ provider }) => provider.shutdown()));
    },
  };
}

async function sendOver(
  { provider }: Connection,
  notification: Notification,
  token: string,
): Promise<Pick<ResponseFailure, "status" | "response" | "error"> | undefined> {
  try {
    const { failed } = await provider.send(notification, token);
    return failed[0];
  } catch (error) {
    return { error: error as Error };
  }
}

/**
 * A connection over which nothing comes back may be half open: its other end is gone, and nobody said so. The SDK would
 * go on writing into it; it opens another one for the next call where this one is destroyed.
 */
function endSession(connection: Connection): void {
  connection.freshAt = performance.now();
  (connection.provider as unknown as SdkInternals).client.session?.destroy();
}

/** What apn 8 keeps to itself; a test with a half-open connection holds it. */
interface SdkInternals {
  client: { session?: { destroy(): void } };
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
