import { resolve } from "node:path";
import { parseEnv } from "node:util";
import { describe, expect, test } from "vitest";
import { appEnvironment, formatEnvironmentFile, withFilesOf } from "./app-environment.ts";
import { readGivenParts } from "./given-parts.ts";
import { sandboxObjectStorage } from "./object-storage.ts";
import { sandboxRealtime } from "./realtime.ts";
import { generateSecrets } from "./secrets.ts";
import { readPorts } from "./settings.ts";

const ports = readPorts({});
const secrets = generateSecrets();
const privateUrl = "mysql://u:p@127.0.0.1:3307/tocsin";

/** What the apps are told where the caller's environment is this one. */
function environmentOf(env: Record<string, string>): Record<string, string> {
  const given = readGivenParts(env);
  return appEnvironment({
    databaseUrl: given.engines.databaseUrl ?? privateUrl,
    redisUrl: given.engines.redisUrl ?? "redis://127.0.0.1:6380",
    ports,
    secrets,
    given,
    standIns: { ...sandboxRealtime(secrets, ports).env, ...sandboxObjectStorage(secrets, ports) },
    logLevel: "info",
  });
}

test("no variable is empty", () => {
  expect(Object.entries(environmentOf({})).filter(([, value]) => value === "")).toEqual([]);
});

test("the file form reads back as the same variables", () => {
  expect(parseEnv(formatEnvironmentFile(environmentOf({})))).toEqual(environmentOf({}));
});

describe("a database", () => {
  test("of this clone is said to be private, and so may be wiped", () => {
    expect(environmentOf({})).toMatchObject({ DATABASE_URL: privateUrl, TOCSIN_PRIVATE_DATABASE: "true" });
  });

  test("that is given is never said to be private, though stand-ins run beside it", () => {
    const env = environmentOf({ DATABASE_URL: "mysql://u:p@127.0.0.1/mine" });
    expect(env).toMatchObject({ DATABASE_URL: "mysql://u:p@127.0.0.1/mine", SANDBOX: "true" });
    expect(env).not.toHaveProperty("TOCSIN_PRIVATE_DATABASE");
  });
});

test("nothing of the sandbox is allowed where every part is given", () => {
  const env = environmentOf({
    DATABASE_URL: "mysql://u:p@db/x",
    REDIS_URL: "redis://cache",
    ...{ PUSHER_APP_ID: "1", PUSHER_KEY: "k", PUSHER_SECRET: "s", PUSHER_CLUSTER: "eu" },
    ...{ S3_BUCKET: "sounds", FCM_SERVICE_ACCOUNT: "{}" },
  });
  expect(env["SANDBOX"]).toBe("false");
});

describe("what is handed on", () => {
  const variables = { DATABASE_URL: "mysql://u:secret@db/x", JWT_SECRET: "ours" };

  test("names a given file instead of what is in it", () => {
    const handed = withFilesOf({ DATABASE_URL_FILE: "secrets/url", PATH: "/bin" }, variables);
    expect(handed).toEqual({
      base: { PATH: "/bin" },
      variables: { DATABASE_URL_FILE: resolve("secrets/url"), JWT_SECRET: "ours" },
    });
  });

  test("has no file beside a variable of ours: both would be refused", () => {
    const handed = withFilesOf({ JWT_SECRET_FILE: "/f", PUSHER_SECRET_FILE: "/p" }, variables);
    expect(handed).toEqual({ base: { PUSHER_SECRET_FILE: "/p" }, variables });
  });
});
