import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventually } from "../testing/eventually.ts";
import { createSdk, startTestServer, statusOf, subscribe } from "./test-server.ts";
import type { TestServer } from "./test-server.ts";

let test: TestServer;

beforeEach(async () => {
  test = await startTestServer();
});

afterEach(() => test.stop());

/** Past the SDK's own checks, as a broken caller would. Its types want text, but it serialises what it is given. */
function postEvent(body: object): Promise<unknown> {
  return test.pusher.post({ path: "/events", body: body as unknown as string });
}

describe("triggering", () => {
  it("reaches each of a hundred channels in one call and refuses a hundred and one", async () => {
    const client = test.connect();
    const names = Array.from({ length: 100 }, (_, index) => `private-user-${index}`);
    const received = await Promise.all(names.map((name) => subscribe(client, name)));
    await test.pusher.trigger(names, "news", { n: 1 });
    await eventually(() => expect(received.map((list) => list.length)).toEqual(names.map(() => 1)));
    const body = { name: "news", data: "{}", channels: [...names, "one-more"] };
    expect(await statusOf(postEvent(body))).toBe(400);
  });

  it("leaves out the connection named by socket_id", async () => {
    const [sender, other] = [test.connect(), test.connect()];
    const [own, theirs] = [await subscribe(sender, "private-a"), await subscribe(other, "private-a")];
    await test.pusher.trigger("private-a", "news", 1, { socket_id: sender.connection.socket_id });
    await test.pusher.trigger("private-a", "news", 2);
    await eventually(() => expect(own).toEqual([2]));
    await eventually(() => expect(theirs).toEqual([1, 2]));
  });

  it("delivers a batch of ten in order and refuses eleven", async () => {
    const received = await subscribe(test.connect(), "private-a");
    const batch = (size: number) =>
      Array.from({ length: size }, (_, index) => ({ channel: "private-a", name: "news", data: index }));
    await test.pusher.triggerBatch(batch(10));
    await eventually(() => expect(received).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
    expect(await statusOf(test.pusher.triggerBatch(batch(11)))).toBe(400);
  });

  it("takes data of 10,240 bytes and refuses one byte more with 413", async () => {
    const received = await subscribe(test.connect(), "private-a");
    await test.pusher.trigger("private-a", "news", "x".repeat(10_240));
    await eventually(() => expect(received).toHaveLength(1));
    expect(await statusOf(test.pusher.trigger("private-a", "news", "x".repeat(10_241)))).toBe(413);
    const batch = [{ channel: "private-a", name: "news", data: "x".repeat(10_241) }];
    expect(await statusOf(test.pusher.triggerBatch(batch))).toBe(413);
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
    await subscribe(test.connect(), "private-a");
    const answer = await test.pusher.trigger(["private-a"], "news", 1, { info: "subscription_count" });
    expect(await answer.json()).toEqual({ channels: { "private-a": { subscription_count: 1 } } });
  });
});

describe("signatures of the HTTP API", () => {
  it("refuses a wrong secret with 401", async () => {
    expect(await statusOf(createSdk(test.server.port, { secret: "wrong" }).trigger("a", "news", 1))).toBe(
      401,
    );
  });

  it("refuses an unknown key with 401 and an unknown application with 404", async () => {
    const { port } = test.server;
    expect(await statusOf(createSdk(port, { key: "unknown" }).trigger("a", "news", 1))).toBe(401);
    expect(await statusOf(createSdk(port, { appId: "2" }).trigger("a", "news", 1))).toBe(404);
  });

  it("refuses a body that was changed on the way", async () => {
    const query = test.pusher.createSignedQueryString({
      method: "POST",
      path: "/apps/1/events",
      body: '{"name":"news","data":"1","channel":"a"}',
    });
    const response = await fetch(`http://127.0.0.1:${test.server.port}/apps/1/events?${query}`, {
      method: "POST",
      body: '{"name":"news","data":"2","channel":"a"}',
    });
    expect(response.status).toBe(401);
    expect(await response.text()).toContain("body_md5");
  });
});
