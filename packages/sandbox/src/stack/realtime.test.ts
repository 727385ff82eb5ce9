import { expect, test } from "vitest";
import { givenRealtime, sandboxRealtime } from "./realtime.ts";
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

test("a hosted application is reached with TLS", () => {
  const env = { PUSHER_APP_ID: "1", PUSHER_KEY: "k", PUSHER_SECRET: "s", PUSHER_CLUSTER: "eu" };
  expect(givenRealtime(env)).toMatchObject({
    key: "k",
    wsHost: "ws-eu.pusher.com",
    wsPort: 443,
    forceTLS: true,
  });
});

test("a server of one's own is reached where it is said to be", () => {
  const env = { PUSHER_KEY: "k", PUSHER_CLUSTER: "own", PUSHER_HOST: "soketi.local" };
  expect(givenRealtime(env)).toMatchObject({ wsHost: "soketi.local", wsPort: 443, forceTLS: true });
  const plain = { ...env, PUSHER_USE_TLS: "false" };
  expect(givenRealtime(plain)).toMatchObject({ wsPort: 80, forceTLS: false });
  expect(givenRealtime({ ...plain, PUSHER_PORT: "6101" })).toMatchObject({ wsPort: 6101 });
});
