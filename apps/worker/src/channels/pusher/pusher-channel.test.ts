import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { userChannel } from "@tocsin/contracts/realtime";
import type { DeliveryRequest } from "@tocsin/core/delivery/channel";
import { createPusher, type PusherOptions } from "@tocsin/platform/pusher";
import { type PusherServer, startPusherServer } from "@tocsin/sandbox/pusher/server";
import { createPusherChannel } from "./pusher-channel.ts";

const credentials = { appId: "app", key: "key", secret: "a-secret-of-some-length" };

let server: PusherServer;

beforeAll(async () => {
  server = await startPusherServer({ ...credentials, port: 0 });
});

beforeEach(() => server.faults.clear());

afterAll(() => server.close());

const channel = (some: Partial<PusherOptions> = {}) =>
  createPusherChannel(
    createPusher({
      ...credentials,
      cluster: "test",
      host: "127.0.0.1",
      port: server.port,
      useTLS: false,
      timeoutMs: 1_000,
      ...some,
    }),
  );

function request(people: number): DeliveryRequest {
  return {
    message: {
      type: "alert",
      isQuiet: false,
      message: "",
      notification: {
        notificationId: "0198c0de-0000-7000-8000-000000000000",
        deliveryId: "0198c0de-0000-8000-8000-000000000000",
        eventId: null,
        kind: "alert",
        priority: 1,
        title: "🔔".repeat(255),
        sound: null,
        createdAt: "2026-01-01T00:00:00.000Z",
      },
    },
    targets: Array.from({ length: people }, (_, index) => {
      const id = `0198c0de-0000-7000-8000-${String(index).padStart(12, "0")}`;
      return { id, address: userChannel(id), deliveryId: "0198c0de-0000-8000-8000-000000000000" };
    }),
  };
}

const deliver = async (people: number, some?: Partial<PusherOptions>) => {
  const [outcomes] = await channel(some).deliver([request(people)]);
  return outcomes ?? [];
};

it("reaches a hundred people with one call, however long the title", async () => {
  const before = server.requests.length;
  const outcomes = await deliver(channel().maximumTargets);
  expect(outcomes).toHaveLength(100);
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(["accepted"]));
  expect(server.requests.length - before).toBe(1);
});

it("reaches three people of each of many alerts with ten events a call", async () => {
  const before = server.requests.length;
  const outcomes = await channel().deliver(Array.from({ length: 9 }, () => request(3)));
  expect(outcomes.flat().map(({ status }) => status)).toEqual(Array.from({ length: 27 }, () => "accepted"));
  expect(server.requests.length - before).toBe(3);
});

it("one event that Pusher never takes does not keep those beside it from their people", async () => {
  const tooLong = request(1);
  if (tooLong.message.type === "alert") tooLong.message.notification.title = "x".repeat(20_000);
  const outcomes = await channel().deliver([request(2), tooLong, request(2)]);
  expect(outcomes.map((own) => own.map(({ status }) => status))).toEqual([
    ["accepted", "accepted"],
    ["permanent"],
    ["accepted", "accepted"],
  ]);
});

it("calls more people than one call may reach a final error", async () => {
  const [outcome] = await deliver(channel().maximumTargets + 1);
  expect(outcome?.status).not.toBe("accepted");
});

it("tries again when Pusher fails, is busy, or cannot be reached", async () => {
  for (const kind of ["500", "429"] as const) {
    server.faults.add({ kind, calls: 1 });
    expect(await deliver(1)).toMatchObject([{ status: "transient", errorCode: `http_${kind}` }]);
  }
  server.faults.add({ kind: "drop", calls: 1 });
  expect(await deliver(1)).toMatchObject([{ status: "transient", errorCode: "network" }]);
  expect(await deliver(1, { port: 1 })).toMatchObject([{ status: "transient", errorCode: "network" }]);
});

it("tries again with a wrong secret: someone may be putting it right", async () => {
  expect(await deliver(1, { secret: "another secret altogether" })).toMatchObject([
    { status: "transient", errorCode: "http_401" },
  ]);
});
