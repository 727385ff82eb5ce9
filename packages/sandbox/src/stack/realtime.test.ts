import { expect, test } from "vitest";
import { hostedRealtime, sandboxRealtime } from "./realtime.ts";
import { generateSecrets } from "./secrets.ts";
import { readPorts } from "./settings.ts";

test("the stand-in is reached without TLS, with this clone's own key", () => {
  const secrets = generateSecrets();
  const { env, info } = sandboxRealtime(secrets, readPorts({ TOCSIN_PUSHER_PORT: "7001" }));
  expect(info).toEqual({
    key: secrets.pusherKey,
    cluster: "sandbox",
    wsHost: "127.0.0.1",
    wsPort: 7001,
    forceTLS: false,
  });
  expect(env).toMatchObject({ PUSHER_PORT: "7001", PUSHER_USE_TLS: "false" });
});

test("foreign engines want a Pusher application of their own, told by name", () => {
  expect(() => hostedRealtime({ PUSHER_KEY: "k" })).toThrow(/PUSHER_APP_ID, PUSHER_SECRET, PUSHER_CLUSTER/);
});

test("a hosted application is reached with TLS", () => {
  const env = { PUSHER_APP_ID: "1", PUSHER_KEY: "k", PUSHER_SECRET: "s", PUSHER_CLUSTER: "eu" };
  expect(hostedRealtime(env).info).toMatchObject({ key: "k", wsHost: "ws-eu.pusher.com", forceTLS: true });
});
