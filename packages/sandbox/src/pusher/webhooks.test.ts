import { createServer } from "node:http";
import type { IncomingHttpHeaders, Server } from "node:http";
import Pusher from "pusher";
import { afterEach, beforeEach, expect, it } from "vitest";
import { freePort } from "../engines/free-port.ts";
import { eventually } from "../testing/eventually.ts";
import { readBody } from "../stand-in/http-body.ts";
import { PusherClient } from "./pusher-client.ts";
import { startPusherServer } from "./server.ts";
import type { PusherServer } from "./server.ts";

const credentials = { appId: "1", key: "key-of-tests", secret: "secret-of-tests" };
/** Far longer than a reconnection takes here, far shorter than a test may last. */
const VACATED_DELAY_MS = 1_500;

interface Call {
  headers: IncomingHttpHeaders;
  rawBody: string;
}

let application: Server;
let calls: Call[];
/** What the application answers, one after another; 200 when there is none left. */
let answers: number[];
let server: PusherServer;
let pusher: Pusher;
const clients: PusherClient[] = [];

beforeEach(async () => {
  calls = [];
  answers = [];
  application = createServer((request, response) => {
    void readBody(request).then((body) => {
      calls.push({ headers: request.headers, rawBody: body.toString("utf8") });
      response.writeHead(answers.shift() ?? 200).end();
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => application.listen(port, "127.0.0.1", resolve));
  server = await startPusherServer({
    ...credentials,
    webhookUrl: `http://127.0.0.1:${port}/webhooks`,
    vacatedDelayMs: VACATED_DELAY_MS,
    webhookRetryDelayMs: 10,
  });
  pusher = new Pusher({ ...credentials, host: "127.0.0.1", port: String(server.port) });
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.disconnect();
  await server.close();
  application.closeAllConnections();
  await new Promise((resolve) => application.close(resolve));
});

async function join(channelName: string): Promise<PusherClient> {
  const client = new PusherClient(credentials.key, {
    cluster: "sandbox",
    wsHost: "127.0.0.1",
    wsPort: server.port,
    forceTLS: false,
    enabledTransports: ["ws"],
    channelAuthorization: {
      customHandler: ({ socketId, channelName: name }, callback) => {
        const member = name.startsWith("presence-") ? { user_id: "ada" } : undefined;
        callback(null, pusher.authorizeChannel(socketId, name, member));
      },
    },
  });
  clients.push(client);
  await new Promise<void>((resolve) => {
    client.subscribe(channelName).bind("pusher:subscription_succeeded", () => resolve());
  });
  return client;
}

/** The events told so far, of the calls whose signature the real SDK accepts. */
function told(): unknown[] {
  return calls.flatMap(({ headers, rawBody }) => {
    const webhook = pusher.webhook({ headers, rawBody });
    expect(webhook.isValid()).toBe(true);
    return webhook.getEvents();
  });
}

it("tells at once that a channel is occupied, and after the delay that it is vacated", async () => {
  const client = await join("private-user-1");
  await eventually(() => expect(told()).toEqual([{ name: "channel_occupied", channel: "private-user-1" }]));
  client.disconnect();
  await eventually(() =>
    expect(told().at(-1)).toEqual({ name: "channel_vacated", channel: "private-user-1" }),
  );
});

it("tells nothing of a connection that comes back within the delay", async () => {
  await join("private-user-1");
  server.dropConnections();
  await eventually(async () => {
    const answer = await pusher.get({ path: "/channels/private-user-1" });
    expect(await answer.json()).toEqual({ occupied: true });
  });
  await join("private-last");
  await eventually(() =>
    expect(told()).toEqual([
      { name: "channel_occupied", channel: "private-user-1" },
      { name: "channel_occupied", channel: "private-last" },
    ]),
  );
});

it("tells of members of presence channels", async () => {
  const client = await join("presence-room");
  await eventually(() =>
    expect(told()).toContainEqual({ name: "member_added", channel: "presence-room", user_id: "ada" }),
  );
  client.disconnect();
  await eventually(() =>
    expect(told().slice(2)).toEqual([
      { name: "member_removed", channel: "presence-room", user_id: "ada" },
      { name: "channel_vacated", channel: "presence-room" },
    ]),
  );
});

it("repeats a webhook that was refused until it is taken, and keeps the order", async () => {
  answers = [500, 503];
  await join("private-first");
  await join("private-second");
  await eventually(() =>
    expect(told()).toEqual([
      { name: "channel_occupied", channel: "private-first" },
      { name: "channel_occupied", channel: "private-first" },
      { name: "channel_occupied", channel: "private-first" },
      { name: "channel_occupied", channel: "private-second" },
    ]),
  );
});

it("signs so that another secret doesn't verify", async () => {
  await join("private-user-1");
  await eventually(() => expect(calls).toHaveLength(1));
  const [call] = calls;
  const stranger = new Pusher({ ...credentials, secret: "another", host: "127.0.0.1" });
  expect(stranger.webhook({ headers: call?.headers ?? {}, rawBody: call?.rawBody ?? "" }).isValid()).toBe(
    false,
  );
});
