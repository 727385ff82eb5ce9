import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { DeliveryRequest } from "@tocsin/core/delivery/channel";
import { type PusherServer, startPusherServer } from "@tocsin/sandbox/pusher/server";
import { createPusherChannel } from "./pusher-channel.ts";

const credentials = { appId: "app", key: "key", secret: "a-secret-of-some-length" };

let server: PusherServer;

beforeAll(async () => {
  server = await startPusherServer({ ...credentials, port: 0 });
});

beforeEach(() => server.faults.clear());

afterAll(() => server.close());

const channel = (some: Partial<Parameters<typeof createPusherChannel>[0]> = {}) =>
  createPusherChannel({
    ...credentials,
    cluster: "test",
    host: "127.0.0.1",
    port: server.port,
    useTLS: false,
    ...some,
  });

function request(people: number): DeliveryRequest {
  return {
    deliveryId: "d1",
    userIds: Array.from(
      { length: people },
      (_, index) => `0198c0de-0000-7000-8000-${String(index).padStart(12, "0")}`,
    ),
    notification: {
      notificationId: "0198c0de-0000-7000-8000-000000000000",
      eventId: null,
      kind: "alert",
      priority: 1,
      title: "🔔".repeat(255),
      sound: null,
      createdAt: "2026-01-01T00:00:00.000Z",
    },
  };
}

it("reaches a hundred people with one call, however long the title", async () => {
  const before = server.requests.length;
  expect(await channel().deliver(request(channel().maximumRecipients))).toMatchObject({ status: "accepted" });
  expect(server.requests.length - before).toBe(1);
});

it("calls more people than one call may reach a final error", async () => {
  const outcome = await channel().deliver(request(channel().maximumRecipients + 1));
  expect(outcome.status).not.toBe("accepted");
});

it("tries again when Pusher fails, is busy, or cannot be reached", async () => {
  for (const kind of ["500", "429"] as const) {
    server.faults.add({ kind, calls: 1 });
    expect(await channel().deliver(request(1))).toMatchObject({
      status: "transient",
      errorCode: `http_${kind}`,
    });
  }
  server.faults.add({ kind: "drop", calls: 1 });
  expect(await channel().deliver(request(1))).toMatchObject({ status: "transient", errorCode: "network" });
  expect(await channel({ port: 1 }).deliver(request(1))).toMatchObject({
    status: "transient",
    errorCode: "network",
  });
});

it("tries again with a wrong secret: someone may be putting it right", async () => {
  expect(await channel({ secret: "another secret altogether" }).deliver(request(1))).toMatchObject({
    status: "transient",
    errorCode: "http_401",
  });
});
