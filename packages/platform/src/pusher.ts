import Pusher from "pusher";

/** How Pusher is reached. */
export interface PusherOptions {
  appId: string;
  key: string;
  secret: string;
  cluster: string;
  /** Where it is not Pusher's cloud. */
  host?: string | undefined;
  port?: number | undefined;
  useTLS: boolean;
  /** How long a call may take. Milliseconds; the SDK itself knows no limit. */
  timeoutMs: number;
}

/** A client of Pusher's HTTP API. https://pusher.com/docs/channels/server_api/http-api/ */
export function createPusher({ host, port, cluster, timeoutMs, ...options }: PusherOptions): Pusher {
  const where =
    host === undefined ? { cluster } : { host, ...(port !== undefined && { port: String(port) }) };
  return new Pusher({ ...options, timeout: timeoutMs, ...where });
}

/** Whether Pusher answers and takes our key. @throws Error where it does not */
export async function pingPusher(pusher: Pusher): Promise<void> {
  const response = await pusher.get({ path: "/channels", params: { filter_by_prefix: "private-none" } });
  if (response.status !== 200) throw new Error(`Pusher answered ${response.status}`);
}

/**
 * Ends every connection on which this user signed in.
 * https://pusher.com/docs/channels/server_api/terminating-user-connections/
 * @throws Error where Pusher does not
 */
export async function terminateUser(pusher: Pusher, userId: string): Promise<void> {
  const response = await pusher.terminateUserConnections(userId);
  if (response.status !== 200) throw new Error(`Pusher answered ${response.status}`);
}

/** The channels that somebody has open and that begin so. https://pusher.com/docs/channels/server_api/http-api/#get-channels */
export async function listPusherChannels(pusher: Pusher, prefix: string): Promise<string[]> {
  const response = await pusher.get({ path: "/channels", params: { filter_by_prefix: prefix } });
  if (response.status !== 200) throw new Error(`Pusher answered ${response.status}`);
  const { channels } = (await response.json()) as { channels: Record<string, unknown> };
  return Object.keys(channels);
}
