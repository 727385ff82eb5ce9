import Pusher from "pusher";
import { expect } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { PusherClient } from "./pusher-client.ts";
import { startPusherServer } from "./server.ts";
import type { PusherServer } from "./server.ts";

export const credentials = { appId: "1", key: "key-of-tests", secret: "secret-of-tests" };

export interface ClientOptions {
  key?: string;
  /** Signs with another secret. */
  signer?: Pusher;
  userId?: string;
}

/** A stand-in on a free port with the real SDKs connected to it. */
export interface TestServer {
  server: PusherServer;
  /** The real server SDK. */
  pusher: Pusher;
  /** Starts a real client. */
  connect(options?: ClientOptions): PusherClient;
  /** Ends the clients and the server. */
  stop(): Promise<void>;
}

export async function startTestServer(): Promise<TestServer> {
  const server = await startPusherServer(credentials);
  const pusher = createSdk(server.port);
  const clients: PusherClient[] = [];
  return {
    server,
    pusher,
    connect(options = {}) {
      const client = createClient(server.port, { signer: pusher, ...options });
      clients.push(client);
      return client;
    },
    async stop() {
      for (const client of clients) client.disconnect();
      await server.close();
    },
  };
}

/** The real server SDK. */
export function createSdk(port: number, options: Partial<Pusher.Options> = {}): Pusher {
  return new Pusher({
    ...credentials,
    host: "127.0.0.1",
    port: String(port),
    useTLS: false,
    timeout: 2_000,
    ...options,
  });
}

function createClient(
  port: number,
  { key = credentials.key, signer, userId = "ada" }: ClientOptions & { signer: Pusher },
): PusherClient {
  return new PusherClient(key, {
    cluster: "sandbox",
    wsHost: "127.0.0.1",
    wsPort: port,
    forceTLS: false,
    enabledTransports: ["ws"],
    channelAuthorization: {
      customHandler: ({ socketId, channelName }, callback) => {
        const member = channelName.startsWith("presence-")
          ? { user_id: userId, user_info: { name: `name of ${userId}` } }
          : undefined;
        callback(null, signer.authorizeChannel(socketId, channelName, member));
      },
    },
    userAuthentication: {
      customHandler: ({ socketId }, callback) => {
        callback(null, signer.authenticateUser(socketId, { id: userId }));
      },
    },
  });
}

/** Subscribes, waits for the confirmation, and collects the events named "news". */
export async function subscribe(client: PusherClient, channelName: string): Promise<unknown[]> {
  const received: unknown[] = [];
  const channel = client.subscribe(channelName);
  channel.bind("news", (data: unknown) => received.push(data));
  await new Promise<void>((resolve, reject) => {
    channel.bind("pusher:subscription_succeeded", () => resolve());
    channel.bind("pusher:subscription_error", (problem: unknown) =>
      reject(new Error(JSON.stringify(problem))),
    );
  });
  return received;
}

/** Waits for the connection and tells its socket id. */
export async function connected(client: PusherClient): Promise<string> {
  await eventually(() => expect(client.connection.state).toBe("connected"));
  return client.connection.socket_id;
}

/** The status that a refused call of the server SDK got; undefined when it succeeded. */
export async function statusOf(call: Promise<unknown>): Promise<number | undefined> {
  const error = await call.then(
    () => undefined,
    (error_: unknown) => error_,
  );
  return error instanceof Pusher.RequestError ? error.status : undefined;
}
