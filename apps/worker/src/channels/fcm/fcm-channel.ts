import { randomUUID } from "node:crypto";
import { Agent } from "node:https";
import type { Channel, DeliveryOutcome } from "@tocsin/core/delivery/channel";
import { type Credential, deleteApp, initializeApp } from "firebase-admin/app";
import { getMessaging } from "firebase-admin/messaging";
import { providerTimeoutMs, within } from "../within.ts";
import { fcmMessage } from "./fcm-message.ts";
import { fcmOutcome } from "./fcm-outcome.ts";

/** FCM's limit for one multicast. */
const maximumTokens = 500;

/** How many requests are under way at once over connections that are kept. */
const maximumSockets = 50;

export interface FcmOptions {
  projectId: string;
  credential: Credential;
  /** Where it is not Google's; tests and the sandbox only. */
  server?: { host: string; port: number; ca: string } | undefined;
  timeoutMs?: number;
}

/** Push notifications to Android phones, by Firebase Cloud Messaging. */
export function createFcmChannel(options: FcmOptions): Channel & { close: () => Promise<void> } {
  const { projectId, credential, server, timeoutMs = providerTimeoutMs } = options;
  const agent = new Agent({
    keepAlive: true,
    maxSockets: maximumSockets,
    ...(server && { ca: server.ca }),
  });
  if (server) redirect(agent, server);
  const app = initializeApp({ projectId, credential, httpAgent: agent }, `tocsin-${randomUUID()}`);
  const messaging = getMessaging(app);
  // oxlint-disable-next-line typescript/no-deprecated -- over HTTP/2 the SDK opens a connection for every call, and passes the agent by
  messaging.enableLegacyHttpTransport();

  return {
    name: "fcm",
    maximumTargets: maximumTokens,
    deliver: (requests) =>
      Promise.all(
        requests.map(({ message, targets }) =>
          Promise.all(
            targets.map((target) =>
              within(
                timeoutMs,
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
