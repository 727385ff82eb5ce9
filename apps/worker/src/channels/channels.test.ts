import { generateKeyPairSync } from "node:crypto";
import { type PushData, pushDataSchema } from "@tocsin/contracts/push";
import type { Channel, DeliveryMessage, DeliveryRequest } from "@tocsin/core/delivery/channel";
import { createPusher } from "@tocsin/platform/pusher";
import { type ApnsServer, startApnsServer } from "@tocsin/sandbox/apns/server";
import { type FcmServer, startFcmServer } from "@tocsin/sandbox/fcm/server";
import { makeLocalhostCertificate } from "@tocsin/sandbox/push/localhost-certificate";
import type { LoggedPush } from "@tocsin/sandbox/push/logged-push";
import { type PusherServer, startPusherServer } from "@tocsin/sandbox/pusher/server";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { startSwallowingProxy } from "@tocsin/sandbox/testing/swallowing-proxy";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createApnsChannel } from "./apns/apns-channel.ts";
import { createFcmChannel } from "./fcm/fcm-channel.ts";
import { createPusherChannel } from "./pusher/pusher-channel.ts";

/** How long a channel waits that is to meet a provider which does not answer. Milliseconds. */
const hasty = 400;
const certificate = makeLocalhostCertificate();
const apnsKey = generateKeyPairSync("ec", {
  namedCurve: "P-256",
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
}).privateKey;
const apple = { key: apnsKey, keyId: "ABC123DEFG", teamId: "TEAM123456", topic: "com.example.tocsin" };
const google = { projectId: "tocsin-test", accessToken: "an-access-token" };
const realtime = { appId: "app", key: "key", secret: "a-secret-of-some-length" };

let fcmServer: FcmServer;
let apnsServer: ApnsServer;
let pusherServer: PusherServer;
type OpenChannel = Channel & { close?: () => Promise<void> };
let channels: Record<Channel["name"], OpenChannel>;
let hastyChannels: Record<Channel["name"], OpenChannel>;

const serverAt = (port: number) => ({ host: "127.0.0.1", port, ca: certificate.cert });
const appleChannel = (some: object = {}) =>
  createApnsChannel({ ...apple, server: serverAt(apnsServer.port), ...some });
const googleChannel = (some: object = {}) =>
  createFcmChannel({
    projectId: google.projectId,
    credential: {
      getAccessToken: () => Promise.resolve({ access_token: google.accessToken, expires_in: 3600 }),
    },
    server: serverAt(fcmServer.port),
    ...some,
  });
const pusherChannel = (port: number, timeoutMs = 4_500) =>
  createPusherChannel(
    createPusher({ ...realtime, cluster: "test", host: "127.0.0.1", port, useTLS: false, timeoutMs }),
    { timeoutMs },
  );

beforeAll(async () => {
  fcmServer = await startFcmServer({ ...google, certificate });
  apnsServer = await startApnsServer({ ...apple, certificate });
  pusherServer = await startPusherServer({ ...realtime, port: 0 });
  channels = { fcm: googleChannel(), apns: appleChannel(), pusher: pusherChannel(pusherServer.port) };
  hastyChannels = {
    fcm: googleChannel({ timeoutMs: hasty }),
    apns: appleChannel({ timeoutMs: hasty }),
    pusher: pusherChannel(pusherServer.port, hasty),
  };
});

beforeEach(() => {
  for (const server of [fcmServer, apnsServer, pusherServer]) {
    server.faults.clear();
    server.latency.clear();
  }
  for (const server of [fcmServer, apnsServer]) server.tokenFaults.clear();
});

afterAll(async () => {
  await Promise.all(
    [...Object.values(channels), ...Object.values(hastyChannels)].map(async (channel) => channel.close?.()),
  );
  await Promise.all([fcmServer.close(), apnsServer.close(), pusherServer.close()]);
});

const notificationId = "0198c0de-0000-7000-8000-000000000000";
const deliveryId = (index: number) => `0198c0de-0000-8000-8000-${String(index).padStart(12, "0")}`;

function alert(
  some: { title?: string; message?: string; priority?: number; isQuiet?: boolean } = {},
): DeliveryMessage {
  const { title = "Transfer failed", message = "insufficient funds", priority = 2, isQuiet = false } = some;
  return {
    type: "alert",
    isQuiet,
    message,
    notification: {
      ...{ notificationId, deliveryId: deliveryId(0), eventId: null, kind: "alert", priority, title },
      ...{ sound: "alarm.mp3", createdAt: "2026-01-01T00:00:00.000Z" },
    },
  };
}

const addressOf = (channel: Channel["name"], index: number): string =>
  ({
    pusher: `private-user-${deliveryId(index)}`,
    fcm: `token-${index}`,
    apns: index.toString(16).padStart(64, "0"),
  })[channel];

function requestTo(channel: Channel["name"], indexes: readonly number[], message = alert()): DeliveryRequest {
  return {
    message,
    targets: indexes.map((index) => ({
      id: `target-${index}`,
      address: addressOf(channel, index),
      deliveryId: deliveryId(index),
    })),
  };
}

const deliver = async (name: Channel["name"], indexes: readonly number[], message?: DeliveryMessage) => {
  const [outcomes] = await channels[name].deliver([requestTo(name, indexes, message)]);
  return outcomes ?? [];
};
const serverOf = (name: Channel["name"]) =>
  ({ fcm: fcmServer, apns: apnsServer, pusher: pusherServer })[name] as {
    faults: { add(fault: { kind: string; calls: number }): void };
  };
const pushesTo = (pushes: readonly LoggedPush[], token: string) =>
  pushes.filter((push) => push.token === token);

describe.each(["pusher", "fcm", "apns"] as const)("the %s channel", (name) => {
  it("is taken by its provider, one outcome for each target, in order", async () => {
    const requests = [requestTo(name, [1, 2, 3]), requestTo(name, [4]), requestTo(name, [])];
    const outcomes = await channels[name].deliver(requests);
    expect(outcomes.map((own) => own.map(({ status }) => status))).toEqual([
      ["accepted", "accepted", "accepted"],
      ["accepted"],
      [],
    ]);
  });

  it.each(["429", "500"])("is to try again when the provider answers %s", async (kind) => {
    serverOf(name).faults.add({ kind, calls: 6 });
    expect(await deliver(name, [5])).toMatchObject([{ status: "transient" }]);
  });

  it.each(["hang", "drop"])("answers within its own time limit when the provider is to %s", async (kind) => {
    serverOf(name).faults.add({ kind, calls: 6 });
    const outcomes = await hastyChannels[name].deliver([requestTo(name, [6])]);
    expect(outcomes).toMatchObject([[{ status: "transient" }]]);
  });

  it("is to try again when the provider cannot be reached", async () => {
    const away: Record<Channel["name"], OpenChannel> = {
      pusher: pusherChannel(1, hasty),
      fcm: googleChannel({ server: serverAt(1), timeoutMs: hasty }),
      apns: appleChannel({ server: serverAt(1), timeoutMs: hasty }),
    };
    const outcomes = await away[name].deliver([requestTo(name, [7])]);
    expect(outcomes).toMatchObject([[{ status: "transient" }]]);
    await Promise.all(Object.values(away).map(async (channel) => channel.close?.()));
  });

  it("takes what ends an alert, and a summary", async () => {
    expect(
      await deliver(name, [8], { type: "withdrawal", notificationId, reason: "acknowledged" }),
    ).toMatchObject([{ status: "accepted" }]);
    expect(await deliver(name, [8], { type: "summary", count: 3, title: "3 alerts" })).toMatchObject([
      { status: "accepted" },
    ]);
  });

  it("takes the longest title and text there are", async () => {
    const message = alert({ title: "🔔".repeat(255), message: '"🔔\n'.repeat(1333) });
    expect(await deliver(name, [9], message)).toMatchObject([{ status: "accepted" }]);
  });

  it("reaches as many targets with one request as it says", async () => {
    const everyone = Array.from({ length: channels[name].maximumTargets }, (_, index) => 10_000 + index);
    const outcomes = await deliver(name, everyone);
    expect(outcomes.filter(({ status }) => status === "accepted")).toHaveLength(everyone.length);
  });
});

describe.each(["fcm", "apns"] as const)("the %s channel: an answer that begins and never ends", (name) => {
  it("is not waited for", async () => {
    (name === "fcm" ? fcmServer : apnsServer).faults.add({ kind: "drip", calls: 6 });
    expect(await hastyChannels[name].deliver([requestTo(name, [18])])).toMatchObject([
      [{ status: "transient" }],
    ]);
  });
});

describe.each(["fcm", "apns"] as const)("the %s channel, token by token", (name) => {
  const server = () => (name === "fcm" ? fcmServer : apnsServer);

  it("tells that a token is no more, and reaches the others", async () => {
    server().tokenFaults.set(addressOf(name, 21), "unregistered");
    expect((await deliver(name, [20, 21, 22])).map(({ status }) => status)).toEqual([
      "accepted",
      "gone",
      "accepted",
    ]);
  });

  it("is seen under the same delivery id when it is tried again", async () => {
    server().faults.add({ kind: "drop", calls: 6 });
    await hastyChannels[name].deliver([requestTo(name, [23])]);
    server().faults.clear();
    await deliver(name, [23]);
    const ids = pushesTo(server().pushes, addressOf(name, 23)).map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids)).toEqual(new Set([deliveryId(23)]));
  });

  it("carries what the published schema says", async () => {
    await deliver(name, [24], alert({ priority: 1 }));
    await deliver(name, [24], { type: "withdrawal", notificationId, reason: "read" });
    await deliver(name, [24], { type: "summary", count: 2, title: "2" });
    const bodies = pushesTo(server().pushes, addressOf(name, 24)).map(
      ({ body }) => body as Record<string, unknown>,
    );
    const data = bodies.map((body): PushData => pushDataSchema.parse(name === "fcm" ? body["data"] : body));
    expect(data.map(({ type }) => type)).toEqual(["alert", "withdrawal", "summary"]);
  });
});

describe.each(["fcm", "apns"] as const)("the %s channel: a provider that is slow", (name) => {
  const server = () => (name === "fcm" ? fcmServer : apnsServer);
  const rounds = name === "fcm" ? 100 : 500;

  it("is not asked for what is called back while it waits for its turn", async () => {
    const channel = name === "fcm" ? googleChannel() : appleChannel();
    server().latency.set({ minMs: 300, maxMs: 300 });
    const known = server().pushes.length;
    const many = Array.from({ length: 2 * rounds }, (_, index) => 2_000 + index);
    const requests = [requestTo(name, many.slice(0, rounds)), requestTo(name, many.slice(rounds))];
    let asked = 0;
    const outcomes = await channel.deliver(requests, () => (asked += 1) <= rounds);
    const called = outcomes.flat().filter(({ status }) => status === "accepted").length;
    expect(called).toBe(rounds);
    expect(outcomes.flat().filter(({ status }) => status === "not_called")).toHaveLength(
      many.length - called,
    );
    expect(server().pushes.length - known).toBe(called);
    await channel.close();
  });
});

describe("the fcm channel", () => {
  it.each(["500", "503", "429", "drop"] as const)(
    "makes one request of one call, also where it fails: %s",
    async (kind) => {
      const known = fcmServer.pushes.length;
      fcmServer.faults.add({ kind, calls: 1 });
      await deliver("fcm", [35]);
      expect(fcmServer.pushes.length - known).toBe(1);
    },
  );

  it("waits as long as Google asks for", async () => {
    fcmServer.faults.add({ kind: "429", calls: 1 });
    expect(await deliver("fcm", [30])).toMatchObject([{ status: "transient", retryAfterMs: 2000 }]);
  });

  it("does not repeat what Google calls invalid", async () => {
    fcmServer.faults.add({ kind: "invalid", calls: 1 });
    expect(await deliver("fcm", [31])).toMatchObject([{ status: "permanent" }]);
  });

  it("takes a sender of another project, and a project that is unknown, for a fault of ours: no device ends", async () => {
    fcmServer.faults.add({ kind: "mismatch", calls: 1 });
    expect(await deliver("fcm", [34])).toMatchObject([{ status: "transient", isOurs: true }]);
    const wrong = googleChannel({ projectId: "no-such-project" });
    expect(await wrong.deliver([requestTo("fcm", [34])])).toMatchObject([
      [{ status: "transient", isOurs: true }],
    ]);
    await wrong.close();
  });

  it("tries again with a credential that is wrong: someone may be putting it right", async () => {
    const wrong = googleChannel({
      credential: { getAccessToken: () => Promise.resolve({ access_token: "wrong", expires_in: 3600 }) },
    });
    expect(await wrong.deliver([requestTo("fcm", [32])])).toMatchObject([[{ status: "transient" }]]);
    await wrong.close();
  });

  it("rings by the rule's sound and weight, and not at all where it is to be quiet", async () => {
    await deliver("fcm", [33], alert({ priority: 1 }));
    await deliver("fcm", [33], alert({ priority: 4, isQuiet: true }));
    const bodies = pushesTo(fcmServer.pushes, "token-33").map(({ body }) => body);
    expect(bodies).toMatchObject([
      { android: { priority: "high", notification: { channel_id: "alerts-1", sound: "alarm" } } },
      { android: { priority: "normal", notification: { channel_id: "alerts-quiet" } } },
    ]);
    expect(JSON.stringify(bodies[1])).not.toContain("sound");
  });
});

describe("the apns channel", () => {
  it("keeps one connection", async () => {
    const before = apnsServer.sessions;
    for (let round = 0; round < 5; round += 1) await deliver("apns", [40, 41]);
    expect(apnsServer.sessions - before).toBeLessThanOrEqual(1);
  });

  it("tells when Apple learned that a token is no more", async () => {
    apnsServer.tokenFaults.set(addressOf("apns", 42), "unregistered");
    const [outcome] = await deliver("apns", [42]);
    expect(outcome).toMatchObject({ status: "gone", errorCode: "Unregistered", since: expect.any(Date) });
  });

  it("gives up a token that Apple never knew", async () => {
    apnsServer.tokenFaults.set(addressOf("apns", 43), "bad-token");
    expect(await deliver("apns", [43])).toMatchObject([
      { status: "gone", errorCode: "BadDeviceToken", since: null },
    ]);
  });

  it("opens another connection where nothing comes back over the one that it has", async () => {
    const proxy = await startSwallowingProxy(apnsServer.port);
    const channel = appleChannel({ server: serverAt(proxy.port), timeoutMs: hasty });
    expect(await channel.deliver([requestTo("apns", [47])])).toMatchObject([[{ status: "accepted" }]]);
    proxy.swallow();
    expect(await channel.deliver([requestTo("apns", [47, 48])])).toMatchObject([
      [{ status: "transient" }, { status: "transient" }],
    ]);
    await eventually(async () => {
      expect(await channel.deliver([requestTo("apns", [47, 48])])).toMatchObject([
        [{ status: "accepted" }, { status: "accepted" }],
      ]);
    });
    await channel.close();
    await proxy.close();
  });

  it("connects again after Apple's farewell", async () => {
    apnsServer.faults.add({ kind: "goaway", calls: 1 });
    expect(await deliver("apns", [44])).toMatchObject([{ status: "transient" }]);
    expect(await deliver("apns", [44])).toMatchObject([{ status: "accepted" }]);
  });

  it.each([
    ["key id", { keyId: "OTHERKEYID" }],
    ["team", { teamId: "OTHERTEAM1" }],
    ["topic", { topic: "com.example.another-app" }],
  ])(
    "tries again with a %s that is wrong: someone may be putting it right, and no device ends",
    async (_what, some) => {
      const wrong = appleChannel(some);
      expect(await wrong.deliver([requestTo("apns", [45])])).toMatchObject([
        [{ status: "transient", isOurs: true }],
      ]);
      await wrong.close();
    },
  );

  it("breaks through silence only for what is critical", async () => {
    await deliver("apns", [46], alert({ priority: 1 }));
    await deliver("apns", [46], alert({ priority: 2 }));
    await deliver("apns", [46], alert({ priority: 3, isQuiet: true }));
    const aps = pushesTo(apnsServer.pushes, addressOf("apns", 46)).map(
      ({ body }) => (body as { aps: unknown }).aps,
    );
    expect(aps).toMatchObject([
      { sound: { critical: 1, name: "alarm.mp3" }, "interruption-level": "critical" },
      { sound: "alarm.mp3", "interruption-level": "time-sensitive" },
      { "interruption-level": "passive" },
    ]);
    expect(aps[2]).not.toHaveProperty("sound");
  });
});
