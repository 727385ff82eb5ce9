import { describe, expect, test } from "vitest";
import { isAnySandboxed, readGivenParts } from "./given-parts.ts";

const none = { engines: {}, pusher: false, s3: false, push: false };
const mysql = { DATABASE_URL: "mysql://u:p@db.example.com/tocsin" };
const redis = { REDIS_URL: "redis://cache.example.com:6379" };
const pusher = { PUSHER_APP_ID: "1", PUSHER_KEY: "k", PUSHER_SECRET: "s", PUSHER_CLUSTER: "eu" };
const s3 = { S3_BUCKET: "sounds" };
const fcm = { FCM_SERVICE_ACCOUNT: "/run/secrets/fcm.json" };
const apns = {
  APNS_KEY: "/run/secrets/key.p8",
  APNS_KEY_ID: "K",
  APNS_TEAM_ID: "T",
  APNS_TOPIC: "com.example",
};

describe("each part", () => {
  test.each([
    ["nothing", {}, none],
    ["nothing but empty variables", { DATABASE_URL: "", PUSHER_KEY: "", PUSHER_SECRET_FILE: "" }, none],
    ["MySQL", mysql, { ...none, engines: { databaseUrl: mysql.DATABASE_URL } }],
    ["Redis", redis, { ...none, engines: { redisUrl: redis.REDIS_URL } }],
    ["Pusher", pusher, { ...none, pusher: true }],
    ["S3", s3, { ...none, s3: true }],
    [
      "S3 with keys",
      { ...s3, S3_ACCESS_KEY_ID: "i", S3_SECRET_ACCESS_KEY_FILE: "/f" },
      { ...none, s3: true },
    ],
    ["push by Google", fcm, { ...none, push: true }],
    ["push by Apple", apns, { ...none, push: true }],
    [
      "push by a stand-in of one's own",
      { FCM_ACCESS_TOKEN: "t", FCM_PROJECT_ID: "p", FCM_SERVER: "https://x" },
      { ...none, push: true },
    ],
  ])("is given by its own variables alone: %s", (_what, env, expected) => {
    expect(readGivenParts(env)).toEqual(expected);
  });

  test("counts as given where a file has its secret", () => {
    const { PUSHER_SECRET: _secret, ...rest } = pusher;
    expect(readGivenParts({ ...rest, PUSHER_SECRET_FILE: "/run/secrets/pusher" }).pusher).toBe(true);
  });

  test.each([
    [
      { PUSHER_KEY: "k" },
      "Pusher is given by half: PUSHER_KEY without PUSHER_APP_ID, PUSHER_SECRET, PUSHER_CLUSTER.",
    ],
    [
      { PUSHER_HOST: "soketi" },
      "PUSHER_HOST without PUSHER_APP_ID, PUSHER_KEY, PUSHER_SECRET, PUSHER_CLUSTER.",
    ],
    [{ ...pusher, PUSHER_SECRET: "" }, "without PUSHER_SECRET."],
    [{ S3_REGION: "eu-central-1" }, "S3 is given by half: S3_REGION without S3_BUCKET."],
    [{ ...s3, S3_ACCESS_KEY_ID: "i" }, "without S3_SECRET_ACCESS_KEY."],
    [{ ...s3, S3_SECRET_ACCESS_KEY: "s" }, "without S3_ACCESS_KEY_ID."],
    [{ FCM_PROJECT_ID: "p" }, "FCM is given by half: FCM_PROJECT_ID without FCM_SERVICE_ACCOUNT."],
    [{ FCM_ACCESS_TOKEN: "t" }, "without FCM_PROJECT_ID, FCM_SERVER."],
    [
      { ...fcm, APNS_KEY: "k" },
      "APNs is given by half: APNS_KEY without APNS_KEY_ID, APNS_TEAM_ID, APNS_TOPIC.",
    ],
  ])("given by half is refused, naming what is missing (%#)", (env, message) => {
    expect(() => readGivenParts(env)).toThrow(message);
  });

  test("given by half shows no value", () => {
    expect(() => readGivenParts({ PUSHER_SECRET: "canary-4711" })).toThrow(/^(?!.*canary)/);
  });
});

describe("stand-ins", () => {
  const all = { ...mysql, ...redis, ...pusher, ...s3, ...fcm };

  test("are out of place where every part is given", () => {
    expect(isAnySandboxed(readGivenParts(all))).toBe(false);
  });

  test.each(["DATABASE_URL", "REDIS_URL", "S3_BUCKET", "FCM_SERVICE_ACCOUNT"])(
    "are in place where only %s is not given",
    (left) => {
      expect(isAnySandboxed(readGivenParts({ ...all, [left]: "" }))).toBe(true);
    },
  );
});
