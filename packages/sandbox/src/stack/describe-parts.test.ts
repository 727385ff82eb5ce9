import { expect, test } from "vitest";
import { describeParts } from "./describe-parts.ts";
import { readGivenParts } from "./given-parts.ts";
import { givenRealtime, sandboxRealtime } from "./realtime.ts";
import { generateSecrets } from "./secrets.ts";
import { readPorts } from "./settings.ts";

const ports = readPorts({});
const own = {
  databaseUrl: "mysql://tocsin:canary@127.0.0.1:3307/tocsin",
  redisUrl: "redis://127.0.0.1:6380",
};

/** One line for each part. */
function linesOf(env: Record<string, string>): string[] {
  const given = readGivenParts(env);
  const realtime = given.pusher ? givenRealtime(env) : sandboxRealtime(generateSecrets(), ports).info;
  const parts = describeParts({ given, ...own, ...given.engines, realtime, ports, env });
  return parts.map(({ name, source, where }) => `${name} ${source} ${where}`);
}

test("with nothing given, every part is on this machine", () => {
  expect(linesOf({})).toEqual([
    "Database sandboxed 127.0.0.1:3307/tocsin",
    "Redis sandboxed 127.0.0.1:6380",
    "Pusher sandboxed 127.0.0.1:6001",
    "S3 sandboxed 127.0.0.1:6002",
    "Push sandboxed FCM 127.0.0.1:6003, APNs 127.0.0.1:6004",
  ]);
});

test("with everything given, each part is named by where it is, and no secret is shown", () => {
  const lines = linesOf({
    DATABASE_URL: "mysql://u:canary@db.example.com/alerts",
    REDIS_URL: "rediss://:canary@cache.example.com/2",
    PUSHER_APP_ID: "1",
    PUSHER_KEY: "canary-key",
    PUSHER_SECRET: "canary",
    PUSHER_CLUSTER: "eu",
    S3_BUCKET: "sounds",
    S3_ENDPOINT: "https://s3.example.com",
    FCM_SERVICE_ACCOUNT: "canary",
  });
  expect(lines).toEqual([
    "Database given db.example.com:3306/alerts",
    "Redis given cache.example.com:6379/2",
    "Pusher given ws-eu.pusher.com:443",
    "S3 given bucket sounds at s3.example.com",
    "Push given FCM, APNs off",
  ]);
  expect(lines.join("\n")).not.toContain("canary");
});

test("a secret in a file is as good as one in a variable", () => {
  const env = { APNS_KEY_FILE: "/f", APNS_KEY_ID: "K", APNS_TEAM_ID: "T", APNS_TOPIC: "com.example" };
  expect(linesOf(env)).toContain("Push given FCM off, APNs");
});
