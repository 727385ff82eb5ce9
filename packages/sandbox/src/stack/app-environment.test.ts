import { parseEnv } from "node:util";
import { expect, test } from "vitest";
import { appEnvironment, formatEnvironmentFile } from "./app-environment.ts";
import { sandboxObjectStorage } from "./object-storage.ts";
import { sandboxRealtime } from "./realtime.ts";
import { generateSecrets } from "./secrets.ts";
import { readPorts } from "./settings.ts";

const ports = readPorts({});
const secrets = generateSecrets();
const env = appEnvironment({
  databaseUrl: "mysql://u:p@127.0.0.1:3307/tocsin",
  redisUrl: "redis://127.0.0.1:6380",
  ports,
  secrets,
  realtime: sandboxRealtime(secrets, ports),
  push: { FCM_SERVER: "https://127.0.0.1:6003" },
  objectStorage: sandboxObjectStorage(secrets, ports),
  isSandbox: true,
  logLevel: "info",
});

test("no variable is empty", () => {
  expect(Object.entries(env).filter(([, value]) => value === "")).toEqual([]);
});

test("the file form reads back as the same variables", () => {
  expect(parseEnv(formatEnvironmentFile(env))).toEqual(env);
});
