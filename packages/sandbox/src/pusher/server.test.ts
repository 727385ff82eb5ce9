import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { eventually } from "../testing/eventually.ts";
import { createSdk, credentials, startTestServer, statusOf, subscribe } from "./test-server.ts";
import { startPusherServer } from "./server.ts";
import type { TestServer } from "./test-server.ts";

let test: TestServer;

beforeEach(async () => {
  test = await startTestServer();
});

afterEach(() => test.stop());

describe("failing on demand", () => {
  it("fails as many calls as ordered, over HTTP, and then works again", async () => {
    const order = (body: unknown) =>
      fetch(`http://127.0.0.1:${test.server.port}/sandbox/faults`, {
        method: "POST",
        body: JSON.stringify(body),
      });
    await order({ kind: "429", calls: 2 });
    await order({ kind: "500" });
    const statuses = [];
    for (let call = 0; call < 4; call += 1)
      statuses.push(await statusOf(test.pusher.trigger("a", "news", call)));
    expect(statuses).toEqual([429, 429, 500, undefined]);
    expect(test.server.requests.map(({ status }) => status)).toEqual([429, 429, 500, 200]);
  });

  it("cuts the connection or never answers", async () => {
    test.server.faults.add({ kind: "drop", calls: 1 });
    test.server.faults.add({ kind: "hang", calls: 1 });
    const impatient = createSdk(test.server.port, { timeout: 100 });
    await expect(impatient.trigger("a", "news", 1)).rejects.toThrow("Request failed");
    await expect(impatient.trigger("a", "news", 1)).rejects.toThrow("Request failed");
    await expect(impatient.trigger("a", "news", 1)).resolves.toMatchObject({ status: 200 });
    expect(test.server.requests.map(({ status }) => status)).toEqual([null, null, 200]);
  });

  it.each([[{}], [{ kind: "418" }], [{ kind: "500", calls: 0 }], [{ kind: "500", calls: "1" }], [[]]])(
    "refuses the order %j",
    async (body) => {
      const response = await fetch(`http://127.0.0.1:${test.server.port}/sandbox/faults`, {
        method: "POST",
        body: JSON.stringify(body),
      });
      expect(response.status).toBe(400);
    },
  );

  it("tells the calls it received and forgets them when told", async () => {
    await test.pusher.trigger("a", "news", { n: 1 });
    const url = `http://127.0.0.1:${test.server.port}/sandbox/requests`;
    expect(await (await fetch(url)).json()).toMatchObject({
      requests: [{ method: "POST", path: "/apps/1/events", status: 200 }],
    });
    await fetch(url, { method: "DELETE" });
    expect(test.server.requests).toEqual([]);
  });

  it("lets clients come back by themselves after their connections were cut", async () => {
    const client = test.connect();
    const received = await subscribe(client, "private-a");
    const firstSocketId = client.connection.socket_id;
    expect(test.server.dropConnections()).toBe(1);
    await eventually(async () => {
      expect(client.connection.socket_id).not.toBe(firstSocketId);
      const answer = await test.pusher.get({ path: "/channels/private-a" });
      expect(await answer.json()).toEqual({ occupied: true });
    });
    await test.pusher.trigger("private-a", "news", "after");
    await eventually(() => expect(received).toEqual(["after"]));
  });
});

describe("life", () => {
  it("says it is healthy", async () => {
    const response = await fetch(`http://127.0.0.1:${test.server.port}/health`);
    expect([response.status, await response.json()]).toEqual([200, { status: "ok" }]);
  });

  it("refuses a taken port in one line", async () => {
    await expect(startPusherServer({ ...credentials, port: test.server.port })).rejects.toThrow(
      `Port ${test.server.port} of 127.0.0.1 is taken.`,
    );
  });

  it("stops although a client is connected and a call hangs", async () => {
    const other = await startPusherServer(credentials);
    const socket = new WebSocket(`ws://127.0.0.1:${other.port}/app/${credentials.key}?protocol=7`);
    await once(socket, "open");
    other.faults.add({ kind: "hang", calls: 1 });
    const hanging = createSdk(other.port)
      .trigger("a", "news", 1)
      .catch((error: unknown) => error);
    await eventually(() => expect(other.requests).toHaveLength(1));
    const closed = once(socket, "close") as Promise<[number]>;
    await other.close();
    expect((await closed)[0]).toBe(1001);
    expect(await hanging).toMatchObject({ message: "Request failed with an error" });
  });
});
