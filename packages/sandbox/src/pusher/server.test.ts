import { once } from "node:events";
import Pusher from "pusher";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { eventually } from "../testing/eventually.ts";
import { PusherClient } from "./pusher-client.ts";
import { startPusherServer } from "./server.ts";
import type { PusherServer } from "./server.ts";

const credentials = { appId: "1", key: "key-of-tests", secret: "secret-of-tests" };

let server: PusherServer;
let pusher: Pusher;
let clients: PusherClient[] = [];

beforeEach(async () => {
  server = await startPusherServer(credentials);
  pusher = createSdk(server.port);
});

afterEach(async () => {
  for (const client of clients) client.disconnect();
  clients = [];
  await server.close();
});

function createSdk(port: number, secret = credentials.secret): Pusher {
  return new Pusher({
    ...credentials,
    secret,
    host: "127.0.0.1",
    port: String(port),
    useTLS: false,
    timeout: 2_000,
  });
}

interface ClientOptions {
  key?: string;
  /** Signs with another secret. */
  signer?: Pusher;
  userId?: string;
}

function connect({
  key = credentials.key,
  signer = pusher,
  userId = "ada",
}: ClientOptions = {}): PusherClient {
  const client = new PusherClient(key, {
    cluster: "sandbox",
    wsHost: "127.0.0.1",
    wsPort: server.port,
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
  clients.push(client);
  return client;
}

/** Subscribes, waits for the confirmation, and collects what comes. */
async function subscribe(client: PusherClient, channelName: string): Promise<unknown[]> {
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

async function connected(client: PusherClient): Promise<string> {
  await eventually(() => expect(client.connection.state).toBe("connected"));
  return client.connection.socket_id;
}

/** The status that a refused call of the server SDK got. */
async function statusOf(call: Promise<unknown>): Promise<number | undefined> {
  const error = await call.then(
    () => undefined,
    (problem: unknown) => problem,
  );
  return error instanceof Pusher.RequestError ? error.status : undefined;
}

/** Past the SDK's own checks, as a broken caller would. Its types want text, but it serialises what it is given. */
function postEvent(body: object): Promise<unknown> {
  return pusher.post({ path: "/events", body: body as unknown as string });
}

describe("subscribing", () => {
  it("lets a client with the application's signature into a private channel and delivers to it", async () => {
    const received = await subscribe(connect(), "private-user-1");
    await pusher.trigger("private-user-1", "news", { title: "Überweisung ✓", nested: { a: [1, null] } });
    await eventually(() => expect(received).toEqual([{ title: "Überweisung ✓", nested: { a: [1, null] } }]));
  });

  it("refuses a signature made with another secret and delivers nothing", async () => {
    const client = connect({ signer: createSdk(server.port, "another secret") });
    await expect(subscribe(client, "private-user-1")).rejects.toThrow(/401/);
    const answer = await pusher.get({ path: "/channels/private-user-1" });
    expect(await answer.json()).toEqual({ occupied: false });
  });

  it("refuses a signature made for another channel", async () => {
    const client = connect();
    const socketId = await connected(client);
    const answers: unknown[] = [];
    client.connection.bind("message", ({ event }: { event: string }) => answers.push(event));
    client.send_event("pusher:subscribe", {
      channel: "private-user-2",
      auth: pusher.authorizeChannel(socketId, "private-user-1").auth,
    });
    await eventually(() => expect(answers).toEqual(["pusher:subscription_error"]));
    const answer = await pusher.get({ path: "/channels" });
    expect(await answer.json()).toEqual({ channels: {} });
  });

  it("stops delivering after unsubscribing", async () => {
    const client = connect();
    const first = await subscribe(client, "public-a");
    const second = await subscribe(client, "public-b");
    client.unsubscribe("public-a");
    await eventually(async () => {
      const answer = await pusher.get({ path: "/channels" });
      expect(await answer.json()).toEqual({ channels: { "public-b": {} } });
    });
    await pusher.trigger(["public-a", "public-b"], "news", "x");
    await eventually(() => expect(second).toEqual(["x"]));
    expect(first).toEqual([]);
  });

  it("closes with 4001 for an unknown key, which the client takes as final", async () => {
    const client = connect({ key: "unknown" });
    const codes: unknown[] = [];
    client.connection.bind(
      "error",
      (error: { data?: { code?: number }; error?: { data?: { code?: number } } }) =>
        codes.push(error.data?.code ?? error.error?.data?.code),
    );
    await eventually(() => expect(client.connection.state).toBe("disconnected"));
    expect(codes).toContain(4001);
  });

  it.each([
    ["/app/key-of-tests?protocol=4", 4007],
    ["/app/key-of-tests?protocol=x", 4006],
    ["/app/key-of-tests", 4008],
    ["/elsewhere", 4005],
    ["//", 4005],
  ])("closes %s with %i", async (path, code) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${path}`);
    const [given] = (await once(socket, "close")) as [number];
    expect(given).toBe(code);
  });

  it("answers pings and survives messages that are no JSON", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/app/${credentials.key}?protocol=7`);
    const events: unknown[] = [];
    socket.on("message", (data: Buffer) => events.push(JSON.parse(data.toString("utf8")).event));
    await once(socket, "open");
    for (const message of [
      "{",
      "[]",
      '{"event":1}',
      '{"event":"pusher:subscribe"}',
      '{"event":"pusher:ping"}',
    ]) {
      socket.send(message);
    }
    await eventually(() => expect(events.at(-1)).toBe("pusher:pong"));
    expect(events.filter((event) => event === "pusher:error")).toHaveLength(4);
    socket.close();
  });
});

describe("triggering", () => {
  it("reaches each of a hundred channels in one call and refuses a hundred and one", async () => {
    const client = connect();
    const names = Array.from({ length: 100 }, (_, index) => `private-user-${index}`);
    const received = await Promise.all(names.map((name) => subscribe(client, name)));
    await pusher.trigger(names, "news", { n: 1 });
    await eventually(() => expect(received.map((list) => list.length)).toEqual(names.map(() => 1)));
    const body = { name: "news", data: "{}", channels: [...names, "one-more"] };
    expect(await statusOf(postEvent(body))).toBe(400);
  });

  it("leaves out the connection named by socket_id", async () => {
    const [sender, other] = [connect(), connect()];
    const [own, theirs] = [await subscribe(sender, "private-a"), await subscribe(other, "private-a")];
    await pusher.trigger("private-a", "news", 1, { socket_id: sender.connection.socket_id });
    await pusher.trigger("private-a", "news", 2);
    await eventually(() => expect(own).toEqual([2]));
    await eventually(() => expect(theirs).toEqual([1, 2]));
  });

  it("delivers a batch of ten in order and refuses eleven", async () => {
    const received = await subscribe(connect(), "private-a");
    const batch = (size: number) =>
      Array.from({ length: size }, (_, index) => ({ channel: "private-a", name: "news", data: index }));
    await pusher.triggerBatch(batch(10));
    await eventually(() => expect(received).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
    expect(await statusOf(pusher.triggerBatch(batch(11)))).toBe(400);
  });

  it("takes data of 10,240 bytes and refuses one byte more with 413", async () => {
    const received = await subscribe(connect(), "private-a");
    await pusher.trigger("private-a", "news", "x".repeat(10_240));
    await eventually(() => expect(received).toHaveLength(1));
    expect(await statusOf(pusher.trigger("private-a", "news", "x".repeat(10_241)))).toBe(413);
    const batch = [{ channel: "private-a", name: "news", data: "x".repeat(10_241) }];
    expect(await statusOf(pusher.triggerBatch(batch))).toBe(413);
  });

  it.each([
    ["no name", { data: "{}", channel: "a" }],
    ["a long name", { name: "x".repeat(201), data: "{}", channel: "a" }],
    ["no data", { name: "news", channel: "a" }],
    ["data that is no text", { name: "news", data: {}, channel: "a" }],
    ["no channel", { name: "news", data: "{}" }],
    ["no channels", { name: "news", data: "{}", channels: [] }],
    ["a channel with a space", { name: "news", data: "{}", channel: "a b" }],
    ["a long channel", { name: "news", data: "{}", channel: "x".repeat(201) }],
  ])("refuses %s with 400", async (_, body) => {
    expect(await statusOf(postEvent(body))).toBe(400);
  });

  it("tells the attributes of the channels when asked", async () => {
    await subscribe(connect(), "private-a");
    const answer = await pusher.trigger(["private-a"], "news", 1, { info: "subscription_count" });
    expect(await answer.json()).toEqual({ channels: { "private-a": { subscription_count: 1 } } });
  });
});

describe("signatures of the HTTP API", () => {
  it("refuses a wrong secret with 401", async () => {
    expect(await statusOf(createSdk(server.port, "wrong").trigger("a", "news", 1))).toBe(401);
  });

  it("refuses an unknown key with 401 and an unknown application with 404", async () => {
    const options = { ...credentials, host: "127.0.0.1", port: String(server.port) };
    expect(await statusOf(new Pusher({ ...options, key: "unknown" }).trigger("a", "news", 1))).toBe(401);
    expect(await statusOf(new Pusher({ ...options, appId: "2" }).trigger("a", "news", 1))).toBe(404);
  });

  it("refuses a body that was changed on the way", async () => {
    const query = Pusher.prototype.createSignedQueryString.call(pusher, {
      method: "POST",
      path: "/apps/1/events",
      body: '{"name":"news","data":"1","channel":"a"}',
    });
    const response = await fetch(`http://127.0.0.1:${server.port}/apps/1/events?${query}`, {
      method: "POST",
      body: '{"name":"news","data":"2","channel":"a"}',
    });
    expect(response.status).toBe(401);
    expect(await response.text()).toContain("body_md5");
  });
});

describe("presence channels", () => {
  it("tells who is there, who comes and who goes, each user once", async () => {
    const ada = connect();
    await subscribe(ada, "presence-room");
    const seen: unknown[] = [];
    const room = ada.channel("presence-room");
    room.bind("pusher:member_added", (member: unknown) => seen.push(["added", member]));
    room.bind("pusher:member_removed", ({ id }: { id: string }) => seen.push(["removed", id]));

    const [bob, bobAgain] = [connect({ userId: "bob" }), connect({ userId: "bob" })];
    await subscribe(bob, "presence-room");
    await subscribe(bobAgain, "presence-room");
    const bobAdded = ["added", { id: "bob", info: { name: "name of bob" } }];
    await eventually(() => expect(seen).toEqual([bobAdded]));
    const answer = await pusher.get({
      path: "/channels/presence-room",
      params: { info: "user_count,subscription_count" },
    });
    expect(await answer.json()).toEqual({ occupied: true, user_count: 2, subscription_count: 3 });
    const users = await pusher.get({ path: "/channels/presence-room/users" });
    expect(await users.json()).toEqual({ users: [{ id: "ada" }, { id: "bob" }] });

    bob.disconnect();
    bobAgain.disconnect();
    await eventually(() => expect(seen).toEqual([bobAdded, ["removed", "bob"]]));
  });

  it("lists occupied channels by prefix, with user_count for presence channels only", async () => {
    const client = connect();
    await subscribe(client, "presence-room");
    await subscribe(client, "private-a");
    const list = async (params: Record<string, string>) =>
      (await pusher.get({ path: "/channels", params })).json();
    expect(await list({})).toEqual({ channels: { "presence-room": {}, "private-a": {} } });
    expect(await list({ filter_by_prefix: "presence-", info: "user_count" })).toEqual({
      channels: { "presence-room": { user_count: 1 } },
    });
    expect(await statusOf(list({ info: "user_count" }))).toBe(400);
    expect(await statusOf(pusher.get({ path: "/channels/private-a/users" }))).toBe(400);
  });

  it("admits a hundred members and no more", async () => {
    const sockets: WebSocket[] = [];
    const join = async (userId: string): Promise<string> => {
      const socket = new WebSocket(`ws://127.0.0.1:${server.port}/app/${credentials.key}?protocol=7`);
      sockets.push(socket);
      const [established] = (await once(socket, "message")) as [Buffer];
      const socketId = JSON.parse(JSON.parse(established.toString("utf8")).data).socket_id as string;
      const auth = pusher.authorizeChannel(socketId, "presence-room", { user_id: userId });
      socket.send(JSON.stringify({ event: "pusher:subscribe", data: { channel: "presence-room", ...auth } }));
      const [answer] = (await once(socket, "message")) as [Buffer];
      return JSON.parse(answer.toString("utf8")).event as string;
    };
    for (let index = 0; index < 100; index += 1) {
      expect(await join(`user-${index}`)).toBe("pusher_internal:subscription_succeeded");
    }
    expect(await join("one too many")).toBe("pusher:subscription_error");
    expect(await join("user-0")).toBe("pusher_internal:subscription_succeeded");
    for (const socket of sockets) socket.terminate();
  });
});

describe("signing in", () => {
  it("delivers what is sent to a user, and ends their connections when told", async () => {
    const client = connect({ userId: "ada" });
    const received: unknown[] = [];
    client.user.bind("news", (data: unknown) => received.push(data));
    client.signin();
    await eventually(async () => {
      const answer = await pusher.get({ path: "/channels" });
      expect(await answer.text()).toContain("#server-to-user-ada");
    });
    await pusher.sendToUser("ada", "news", { n: 1 });
    await eventually(() => expect(received).toEqual([{ n: 1 }]));

    await pusher.terminateUserConnections("ada");
    // 4009 tells the client not to come back.
    await eventually(() => expect(client.connection.state).toBe("disconnected"));
  });

  it("refuses a forged sign-in with 4009", async () => {
    const client = connect({ signer: createSdk(server.port, "another secret") });
    client.signin();
    await eventually(() => expect(client.connection.state).toBe("disconnected"));
  });
});

describe("client events", () => {
  it("reach the other subscribers of a private channel, not the sender", async () => {
    const [sender, other] = [connect(), connect()];
    await subscribe(sender, "private-a");
    await subscribe(other, "private-a");
    const seen: unknown[] = [];
    sender.channel("private-a").bind("client-typing", () => seen.push("sender"));
    other.channel("private-a").bind("client-typing", (data: unknown) => seen.push(data));
    sender.channel("private-a").trigger("client-typing", { by: "ada" });
    await eventually(() => expect(seen).toEqual([{ by: "ada" }]));
  });

  it("are refused in public channels and without a subscription", async () => {
    const client = connect();
    await subscribe(client, "public-a");
    const errors: string[] = [];
    client.connection.bind("error", ({ data }: { data: { message: string } }) => errors.push(data.message));
    client.send_event("client-typing", {}, "public-a");
    client.send_event("client-typing", {}, "private-a");
    await eventually(() =>
      expect(errors).toEqual([
        "Client events are for private and presence channels",
        "Not subscribed to private-a",
      ]),
    );
  });
});

describe("failing on demand", () => {
  it("fails as many calls as ordered, over HTTP, and then works again", async () => {
    const order = (body: unknown) =>
      fetch(`http://127.0.0.1:${server.port}/sandbox/faults`, { method: "POST", body: JSON.stringify(body) });
    await order({ kind: "429", calls: 2 });
    await order({ kind: "500" });
    const statuses = [];
    for (let call = 0; call < 4; call += 1) statuses.push(await statusOf(pusher.trigger("a", "news", call)));
    expect(statuses).toEqual([429, 429, 500, undefined]);
    expect(server.requests.map(({ status }) => status)).toEqual([429, 429, 500, 200]);
  });

  it("cuts the connection or never answers", async () => {
    server.faults.add({ kind: "drop", calls: 1 });
    server.faults.add({ kind: "hang", calls: 1 });
    const impatient = new Pusher({
      ...credentials,
      host: "127.0.0.1",
      port: String(server.port),
      timeout: 100,
    });
    await expect(impatient.trigger("a", "news", 1)).rejects.toThrow("Request failed");
    await expect(impatient.trigger("a", "news", 1)).rejects.toThrow("Request failed");
    await expect(impatient.trigger("a", "news", 1)).resolves.toMatchObject({ status: 200 });
    expect(server.requests.map(({ status }) => status)).toEqual([undefined, undefined, 200]);
  });

  it.each([[{}], [{ kind: "418" }], [{ kind: "500", calls: 0 }], [{ kind: "500", calls: "1" }], [[]]])(
    "refuses the order %j",
    async (body) => {
      const response = await fetch(`http://127.0.0.1:${server.port}/sandbox/faults`, {
        method: "POST",
        body: JSON.stringify(body),
      });
      expect(response.status).toBe(400);
    },
  );

  it("tells the calls it received and forgets them when told", async () => {
    await pusher.trigger("a", "news", { n: 1 });
    const url = `http://127.0.0.1:${server.port}/sandbox/requests`;
    expect(await (await fetch(url)).json()).toMatchObject({
      requests: [{ method: "POST", path: "/apps/1/events", status: 200 }],
    });
    await fetch(url, { method: "DELETE" });
    expect(server.requests).toEqual([]);
  });

  it("lets clients come back by themselves after their connections were cut", async () => {
    const client = connect();
    const received = await subscribe(client, "private-a");
    const firstSocketId = client.connection.socket_id;
    expect(server.dropConnections()).toBe(1);
    await eventually(async () => {
      expect(client.connection.socket_id).not.toBe(firstSocketId);
      const answer = await pusher.get({ path: "/channels/private-a" });
      expect(await answer.json()).toEqual({ occupied: true });
    });
    await pusher.trigger("private-a", "news", "after");
    await eventually(() => expect(received).toEqual(["after"]));
  });
});

describe("life", () => {
  it("says it is healthy", async () => {
    const response = await fetch(`http://127.0.0.1:${server.port}/health`);
    expect([response.status, await response.json()]).toEqual([200, { status: "ok" }]);
  });

  it("refuses a taken port in one line", async () => {
    await expect(startPusherServer({ ...credentials, port: server.port })).rejects.toThrow(
      `Port ${server.port} of 127.0.0.1 is taken.`,
    );
  });

  it("stops although a client is connected and a call hangs", async () => {
    const other = await startPusherServer(credentials);
    const socket = new WebSocket(`ws://127.0.0.1:${other.port}/app/${credentials.key}?protocol=7`);
    await once(socket, "open");
    other.faults.add({ kind: "hang", calls: 1 });
    const hanging = createSdk(other.port).trigger("a", "news", 1);
    const failed = expect(hanging).rejects.toThrow("Request failed");
    await eventually(() => expect(other.requests).toHaveLength(1));
    const closed = once(socket, "close") as Promise<[number]>;
    await other.close();
    expect((await closed)[0]).toBe(1001);
    await failed;
  });
});
