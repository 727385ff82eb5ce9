import { randomUUID } from "node:crypto";
import { Agent } from "node:https";
import type { DeliveryOutcome } from "@tocsin/core/delivery/channel";
import { type Credential, deleteApp, initializeApp } from "firebase-admin/app";
import { getMessaging, type Messaging } from "firebase-admin/messaging";
import { createProviderCalls } from "../provider-calls.ts";
import type { LimitedChannel } from "../limited-channel.ts";
import { fcmMessage } from "./fcm-message.ts";
import { fcmOutcome } from "./fcm-outcome.ts";

/** FCM's limit for one multicast. */
const maximumTokens = 500;

/** How many calls are under way at once, each over a connection of its own that is kept. */
const concurrentCalls = 100;

export interface FcmOptions {
  projectId: string;
  credential: Credential;
  /** Where it is not Google's; tests and the sandbox only. */
  server?: { host: string; port: number; ca: string } | undefined;
  timeoutMs?: number;
}

/** Push notifications to Android phones, by Firebase Cloud Messaging. */
export function createFcmChannel(options: FcmOptions): LimitedChannel & { close: () => Promise<void> } {
  const { projectId, credential, server, timeoutMs } = options;
  const calls = createProviderCalls({ concurrent: concurrentCalls, timeoutMs });
  const agent = new Agent({
    keepAlive: true,
    maxSockets: concurrentCalls,
    ...(server && { ca: server.ca }),
  });
  if (server) redirect(agent, server);
  const app = initializeApp({ projectId, credential, httpAgent: agent }, `tocsin-${randomUUID()}`);
  const messaging = getMessaging(app);
  // oxlint-disable-next-line typescript/no-deprecated -- over HTTP/2 the SDK opens a connection for every call, and passes the agent by
  messaging.enableLegacyHttpTransport();
  leaveRetriesToUs(messaging);

  return {
    name: "fcm",
    maximumTargets: maximumTokens,
    isPaused: () => calls.isPaused(),
    deliver: (requests, mayCall = () => true) =>
      Promise.all(
        requests.map(({ message, targets }) =>
          Promise.all(
            targets.map((target) =>
              calls.make(
                () => mayCall(target),
                () =>
                  messaging.send(fcmMessage(message, target)).then(
                    (providerId): DeliveryOutcome => ({ status: "accepted", providerId }),
                    (error: unknown) => fcmOutcome(error, new Date()),
                  ),
              ),
            ),
          ),
        ),
      ),
    async close() {
      await deleteApp(app);
      agent.destroy();
    },
  };
}

/** The SDK's host name is fixed: the connections behind it are made elsewhere. */
function redirect(agent: Agent, { host, port }: { host: string; port: number }): void {
  const connect = agent.createConnection.bind(agent);
  agent.createConnection = (connection, callback) =>
    connect({ ...connection, host, port, servername: "localhost" }, callback);
}

/**
 * The rows decide when a push is tried again: one call here is one call of Google's. The SDK would make up to five of one,
 * long after the alert was acknowledged, and has no option for it.
 */
function leaveRetriesToUs(messaging: Messaging): void {
  const { httpClient } = (messaging as unknown as SdkInternals).messagingRequestHandler;
  delete httpClient.retry;
}

/** What firebase-admin 14 keeps to itself; a test holds that one failing call is one request. */
interface SdkInternals {
  messagingRequestHandler: { httpClient: { retry?: object } };
}
