import { UserError } from "../engines/user-error.ts";
import { isJsonObject } from "../json.ts";
import { PusherClient } from "../pusher/pusher-client.ts";
import type { ApiClient } from "./api-client.ts";

/** An alert as it comes over Pusher. */
export interface Alert {
  notificationId: string;
  /** The event that raised it; null when there is no single one. */
  eventId: string | null;
  priority: number;
  title: string;
  sound: string | null;
}

const SUBSCRIBE_TIMEOUT_MS = 10_000;
const DEFAULT_PRIORITY = 3;

/**
 * Subscribes to a person's channel with pusher-js, as an app would, and waits for the confirmation.
 *
 * @returns a function that ends the connection.
 * @throws UserError when the subscription is refused or takes longer than ten seconds.
 */
export async function listenForAlerts(
  api: string,
  person: ApiClient,
  onAlert: (alert: Alert) => void,
): Promise<() => void> {
  const config = await person.get("/config/realtime");
  const { key, cluster, wsHost, wsPort, forceTLS, channel, authEndpoint, userAuthEndpoint } = config;
  const client = new PusherClient(String(key), {
    cluster: String(cluster),
    ...(typeof wsHost === "string" && { wsHost }),
    ...(typeof wsPort === "number" && { wsPort, wssPort: wsPort }),
    forceTLS: forceTLS === true,
    enabledTransports: ["ws"],
    channelAuthorization: {
      endpoint: new URL(String(authEndpoint), api).href,
      transport: "ajax",
      headersProvider: () => ({ Authorization: person.authorization() }),
    },
    userAuthentication: {
      endpoint: new URL(String(userAuthEndpoint), api).href,
      transport: "ajax",
      headersProvider: () => ({ Authorization: person.authorization() }),
    },
  });
  client.signin();
  const subscription = client.subscribe(String(channel).replace("{userId}", person.user.id));
  subscription.bind("notification", (data: unknown) => {
    const alert = readAlert(data);
    if (alert !== undefined) onAlert(alert);
  });
  try {
    await confirmed(subscription);
  } catch (error) {
    client.disconnect();
    throw error;
  }
  return () => client.disconnect();
}

function confirmed(subscription: ReturnType<PusherClient["subscribe"]>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new UserError(`No subscription to ${subscription.name} within ten seconds.`)),
      SUBSCRIBE_TIMEOUT_MS,
    );
    subscription.bind("pusher:subscription_succeeded", () => {
      clearTimeout(timer);
      resolve();
    });
    subscription.bind("pusher:subscription_error", (problem: unknown) => {
      clearTimeout(timer);
      reject(
        new UserError(`The subscription to ${subscription.name} was refused: ${JSON.stringify(problem)}`),
      );
    });
  });
}

/** @returns undefined for what is no alert. */
export function readAlert(data: unknown): Alert | undefined {
  if (!isJsonObject(data)) return undefined;
  const { notificationId, eventId, priority, title, sound } = data;
  if (typeof notificationId !== "string") return undefined;
  return {
    notificationId,
    eventId: typeof eventId === "string" ? eventId : null,
    priority: typeof priority === "number" ? priority : DEFAULT_PRIORITY,
    title: typeof title === "string" ? title : "",
    sound: typeof sound === "string" ? sound : null,
  };
}
