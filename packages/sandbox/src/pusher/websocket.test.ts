import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { eventually } from "../testing/eventually.ts";
import { connected, createSdk, credentials, startTestServer, statusOf, subscribe } from "./test-server.ts";
import type { TestServer } from "./test-server.ts";

let test: TestServer;

beforeEach(async () => {
  test = await startTestServer();
});

afterEach(() => test.stop());

describe("subscribing", () => {
  it("lets a client with the application's signature into a private channel and delivers to it", async () => {
    const received = await subscribe(test.connect(), "private-user-1");
    await test.pusher.trigger("private-user-1", "news", { title: "Überweisung ✓", nested: { a: [1, null] } });
    await eventually(() => expect(received).toEqual([{ title: "Überweisung ✓", nested: { a: [1, null] } }]));
  });

  it("refuses a signature made with another secret and delivers nothing", async () => {
    const client = test.connect({ signer: createSdk(test.server.port, { secret: "another" }) });
    await expect(subscribe(client, "private-user-1")).rejects.toThrow(/401/);
    const answer = await test.pusher.get({ path: "/channels/private-user-1" });
    expect(await answer.json()).toEqual({ occupied: false });
  });

  it("refuses a signature made for another channel", async () => {
    const client = test.connect();
    const socketId = await connected(client);
    const answers: unknown[] = [];
    client.connection.bind("message", ({ event }: { event: string }) => answers.push(event));
    client.send_event("pusher:subscribe", {
      channel: "private-user-2",
      auth: test.pusher.authorizeChannel(socketId, "private-user-1").auth,
    });
    await eventually(() => expect(answers).toEqual(["pusher:subscription_error"]));
    const answer = await test.pusher.get({ path: "/channels" });
    expect(await answer.json()).toEqual({ channels: {} });
  });

  it("stops delivering after unsubscribing", async () => {
    const client = test.connect();
    const first = await subscribe(client, "public-a");
    const second = await subscribe(client, "public-b");
    client.unsubscribe("public-a");
    await eventually(async () => {
      const answer = await test.pusher.get({ path: "/channels" });
      expect(await answer.json()).toEqual({ channels: { "public-b": {} } });
    });
    await test.pusher.trigger(["public-a", "public-b"], "news", "x");
    await eventually(() => expect(second).toEqual(["x"]));
    expect(first).toEqual([]);
  });

  it("closes with 4001 for an unknown key, which the client takes as final", async () => {
    const client = test.connect({ key: "unknown" });
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
    const socket = new WebSocket(`ws://127.0.0.1:${test.server.port}${path}`);
    const [given] = (await once(socket, "close")) as [number];
    expect(given).toBe(code);
  });

  it("answers pings and survives messages that are no JSON", async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${test.server.port}/app/${credentials.key}?protocol=7`);
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

describe("presence channels", () => {
  it("tells who is there, who comes and who goes, each user once", async () => {
    const ada = test.connect();
    await subscribe(ada, "presence-room");
    const seen: unknown[] = [];
    const room = ada.channel("presence-room");
    room.bind("pusher:member_added", (member: unknown) => seen.push(["added", member]));
    room.bind("pusher:member_removed", ({ id }: { id: string }) => seen.push(["removed", id]));

    const [bob, bobAgain] = [test.connect({ userId: "bob" }), test.connect({ userId: "bob" })];
    await subscribe(bob, "presence-room");
    await subscribe(bobAgain, "presence-room");
    const bobAdded = ["added", { id: "bob", info: { name: "name of bob" } }];
    await eventually(() => expect(seen).toEqual([bobAdded]));
    const answer = await test.pusher.get({
      path: "/channels/presence-room",
      params: { info: "user_count,subscription_count" },
    });
    expect(await answer.json()).toEqual({ occupied: true, user_count: 2, subscription_count: 3 });
    const users = await test.pusher.get({ path: "/channels/presence-room/users" });
    expect(await users.json()).toEqual({ users: [{ id: "ada" }, { id: "bob" }] });

    bob.disconnect();
    bobAgain.disconnect();
    await eventually(() => expect(seen).toEqual([bobAdded, ["removed", "bob"]]));
  });

  it("lists occupied channels by prefix, with user_count for presence channels only", async () => {
    const client = test.connect();
    await subscribe(client, "presence-room");
    await subscribe(client, "private-a");
    const list = async (params: Record<string, string>) =>
      (await test.pusher.get({ path: "/channels", params })).json();
    expect(await list({})).toEqual({ channels: { "presence-room": {}, "private-a": {} } });
    expect(await list({ filter_by_prefix: "presence-", info: "user_count" })).toEqual({
      channels: { "presence-room": { user_count: 1 } },
    });
    expect(await statusOf(list({ info: "user_count" }))).toBe(400);
    expect(await statusOf(test.pusher.get({ path: "/channels/private-a/users" }))).toBe(400);
  });

  it("admits a hundred members and no more", async () => {
    const sockets: WebSocket[] = [];
    const join = async (userId: string): Promise<string> => {
      const socket = new WebSocket(`ws://127.0.0.1:${test.server.port}/app/${credentials.key}?protocol=7`);
      sockets.push(socket);
      const [established] = (await once(socket, "message")) as [Buffer];
      const socketId = JSON.parse(JSON.parse(established.toString("utf8")).data).socket_id as string;
      const auth = test.pusher.authorizeChannel(socketId, "presence-room", { user_id: userId });
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
    const client = test.connect({ userId: "ada" });
    const received: unknown[] = [];
    client.user.bind("news", (data: unknown) => received.push(data));
    client.signin();
    await eventually(async () => {
      const answer = await test.pusher.get({ path: "/channels" });
      expect(await answer.text()).toContain("#server-to-user-ada");
    });
    await test.pusher.sendToUser("ada", "news", { n: 1 });
    await eventually(() => expect(received).toEqual([{ n: 1 }]));

    await test.pusher.terminateUserConnections("ada");
    // 4009 tells the client not to come back.
    await eventually(() => expect(client.connection.state).toBe("disconnected"));
  });

  it("refuses a forged sign-in with 4009", async () => {
    const client = test.connect({ signer: createSdk(test.server.port, { secret: "another" }) });
    client.signin();
    await eventually(() => expect(client.connection.state).toBe("disconnected"));
  });
});

describe("client events", () => {
  it("reach the other subscribers of a private channel, not the sender", async () => {
    const [sender, other] = [test.connect(), test.connect()];
    await subscribe(sender, "private-a");
    await subscribe(other, "private-a");
    const seen: unknown[] = [];
    sender.channel("private-a").bind("client-typing", () => seen.push("sender"));
    other.channel("private-a").bind("client-typing", (data: unknown) => seen.push(data));
    sender.channel("private-a").trigger("client-typing", { by: "ada" });
    await eventually(() => expect(seen).toEqual([{ by: "ada" }]));
  });

  it("are refused in public channels and without a subscription", async () => {
    const client = test.connect();
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
