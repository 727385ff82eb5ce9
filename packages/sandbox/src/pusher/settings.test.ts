import { expect, it } from "vitest";
import { readPusherSettings } from "./settings.ts";

const complete = {
  PUSHER_APP_ID: "1",
  PUSHER_KEY: "key",
  PUSHER_SECRET: "secret",
  SANDBOX_PUSHER_PORT: "6001",
};

it("takes what is set and leaves the rest to the server", () => {
  expect(readPusherSettings(complete)).toEqual({ appId: "1", key: "key", secret: "secret", port: 6001 });
  const webhookUrl = "http://127.0.0.1:3000/hook";
  expect(readPusherSettings({ ...complete, HOST: "0.0.0.0", PUSHER_WEBHOOK_URL: webhookUrl })).toMatchObject({
    host: "0.0.0.0",
    webhookUrl,
  });
});

it.each([
  [{ PUSHER_SECRET: "" }, "PUSHER_SECRET must be set"],
  [{ PUSHER_KEY: "", PUSHER_APP_ID: "" }, "PUSHER_APP_ID must be set; PUSHER_KEY must be set"],
  [{ SANDBOX_PUSHER_PORT: "65536" }, "SANDBOX_PUSHER_PORT must be a port"],
  [{ SANDBOX_PUSHER_PORT: "x" }, "SANDBOX_PUSHER_PORT must be a port"],
  [{ PUSHER_WEBHOOK_URL: "ftp://example.com" }, "PUSHER_WEBHOOK_URL must be an http or https URL"],
])("names what is wrong with %j", (changes, message) => {
  expect(() => readPusherSettings({ ...complete, ...changes })).toThrow(message);
});
