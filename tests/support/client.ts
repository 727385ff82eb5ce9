import {
  realtimeEvents,
  realtimeNotificationSchema,
  type RealtimeNotification,
  userChannel,
} from "@tocsin/contracts/realtime";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { PusherClient } from "@tocsin/sandbox/pusher/pusher-client";
import { password, type System } from "./system.ts";

/** An answer with its body read. */
export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown> & { id: string };
}

/** Calls the API as somebody. */
export interface Client {
  userId: string;
  token: string;
  get: (path: string) => Promise<Answer>;
  post: (path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;
  put: (path: string, body?: unknown) => Promise<Answer>;
}

export async function call(
  system: System,
  method: string,
  path: string,
  { token, body, headers }: { token?: string; body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const response = await fetch(system.url + path, {
    method,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === "" ? {} : JSON.parse(text)) as Answer["body"],
  };
}

/** Logs in; asks again where the API says that it is too busy at the moment, as its clients do. */
export async function logIn(system: System, email: string): Promise<Client> {
  const { status, body } = await eventually(
    async () => {
      const answer = await call(system, "POST", "/api/v1/auth/login", { body: { email, password } });
      if (answer.status === 503) throw new Error(`Too busy for a login: ${JSON.stringify(answer.body)}`);
      return answer;
    },
    { everyMs: 1000 },
  );
  if (status !== 200) throw new Error(`Login of ${email} failed: ${JSON.stringify(body)}`);
  const session = body as unknown as { accessToken: string; user: { id: string } };
  const token = session.accessToken;
  return {
    token,
    userId: session.user.id,
    get: (path) => call(system, "GET", path, { token }),
    post: (path, payload, headers = {}) => call(system, "POST", path, { token, body: payload, headers }),
    put: (path, payload) => call(system, "PUT", path, { token, body: payload }),
  };
}

/** A browser: the real pusher-js, on the user's private channel. */
export interface Screen {
  /** The alerts that it heard. */
  received: RealtimeNotification[];
  /** All that it was told, by the event's name. */
  told: { name: string; data: unknown }[];
  isConnected: () => boolean;
  close: () => void;
}

function connect(system: System, client: Client): PusherClient {
  return new PusherClient(system.pusherKey, {
    cluster: "sandbox",
    wsHost: "127.0.0.1",
    wsPort: system.pusher.port,
    forceTLS: false,
    enabledTransports: ["ws"],
    channelAuthorization: {
      endpoint: `${system.url}/api/v1/users/me/pusher-auth`,
      transport: "ajax",
      headers: { authorization: `Bearer ${client.token}` },
    },
    userAuthentication: {
      endpoint: `${system.url}/api/v1/users/me/pusher-user-auth`,
      transport: "ajax",
      headers: { authorization: `Bearer ${client.token}` },
    },
  });
}

/** Opens a screen; resolves once it is subscribed. */
export async function openScreen(system: System, client: Client): Promise<Screen> {
  const pusher = connect(system, client);
  pusher.signin();
  await new Promise<void>((resolve, reject) => {
    pusher.bind("pusher:signin_success", () => resolve());
    pusher.connection.bind("failed", () => reject(new Error("No connection to Pusher")));
  });
  const received: RealtimeNotification[] = [];
  const channel = pusher.subscribe(userChannel(client.userId));
  channel.bind(realtimeEvents.notification, (data: unknown) =>
    received.push(realtimeNotificationSchema.parse(data)),
  );
  const told: Screen["told"] = [];
  channel.bind_global((name: string, data: unknown) => told.push({ name, data }));
  await new Promise<void>((resolve, reject) => {
    channel.bind("pusher:subscription_succeeded", () => resolve());
    channel.bind("pusher:subscription_error", (error: unknown) => reject(new Error(JSON.stringify(error))));
  });
  return {
    received,
    told,
    isConnected: () => pusher.connection.state === "connected",
    close: () => pusher.disconnect(),
  };
}

/** Tries to join a channel that is not the client's; resolves with the status of the refusal. */
export async function tryToJoin(system: System, client: Client, channelName: string): Promise<number> {
  const pusher = connect(system, client);
  try {
    const channel = pusher.subscribe(channelName);
    return await new Promise<number>((resolve, reject) => {
      channel.bind("pusher:subscription_succeeded", () =>
        reject(new Error("Joined somebody else's channel")),
      );
      channel.bind("pusher:subscription_error", ({ status }: { status: number }) => resolve(status));
    });
  } finally {
    pusher.disconnect();
  }
}
