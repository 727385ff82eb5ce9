import { EnvError, readEnv } from "@tocsin/platform/env";
import { describe, expect, it } from "vitest";
import { apiEnvSchema, areDocsEnabled } from "./env.ts";

const good = {
  DATABASE_URL: "mysql://tocsin:password@127.0.0.1:3306/tocsin",
  REDIS_URL: "redis://127.0.0.1:6379",
  JWT_SECRET: "0123456789abcdefghijklmnopqrstuv",
  PUSHER_APP_ID: "1",
  PUSHER_KEY: "key",
  PUSHER_SECRET: "secret-of-16-bytes-or-more",
  PUSHER_CLUSTER: "eu",
};

function messageOf(env: Readonly<Record<string, string>>): string {
  try {
    readEnv(apiEnvSchema, { ...good, ...env });
  } catch (error) {
    if (error instanceof EnvError) return error.message;
    throw error;
  }
  return "";
}

describe("the API's environment", () => {
  it("needs no more than the engines, the keys and the Pusher app", () => {
    expect(readEnv(apiEnvSchema, good)).toMatchObject({
      NODE_ENV: "production",
      PORT: 3000,
      CORS_ORIGINS: [],
    });
  });

  it.each(Object.keys(good))("is refused without %s", (name) => {
    expect(messageOf({ [name]: "" })).toContain(`${name} is not set`);
  });

  it.each([
    ["JWT_SECRET", "short"],
    ["JWT_SECRET", "a".repeat(64)],
    ["JWT_PREVIOUS_SECRET", "short"],
    ["PUSHER_SECRET", "short"],
    ["DATABASE_URL", "postgres://localhost/tocsin"],
    ["PORT", "0"],
    ["S3_BUCKET", "No_Bucket"],
    ["S3_ENDPOINT", "s3.example.com"],
    ["S3_SECRET_ACCESS_KEY", "short"],
    ["S3_SECRET_ACCESS_KEY", "without-its-key-id"],
    ["SOUND_URL_SECONDS", "59"],
    ["SOUND_URL_SECONDS", "604801"],
    ["SOUND_CDN_URL", "http://cdn.example.com"],
    ["SOUND_CDN_URL", "https://cdn.example.com/?a=b"],
    ["TRUST_PROXY", "true"],
    ["SANDBOX", "yes"],
    ["LOG_LEVEL", "verbose"],
    ["ACCESS_TOKEN_SECONDS", "86400"],
    ["CORS_ORIGINS", "*"],
    ["CORS_ORIGINS", "null"],
    ["CORS_ORIGINS", "https://admin.example.com/"],
    ["CORS_ORIGINS", "https://admin.example.com,javascript:alert(1)"],
  ])("is refused with %s=%s, by name", (name, value) => {
    expect(messageOf({ [name]: value })).toContain(`  ${name}: `);
  });

  it("refuses the sandbox in production and takes it elsewhere", () => {
    expect(messageOf({ SANDBOX: "true" })).toContain("SANDBOX: Must not be true in production");
    expect(messageOf({ SANDBOX: "true", NODE_ENV: "development" })).toBe("");
  });

  it("takes a previous key only together with its name", () => {
    expect(messageOf({ JWT_PREVIOUS_SECRET: good.JWT_SECRET })).toContain("JWT_PREVIOUS_KEY_ID");
    expect(messageOf({ JWT_PREVIOUS_SECRET: good.JWT_SECRET, JWT_PREVIOUS_KEY_ID: "0" })).toBe("");
  });
});

describe("areDocsEnabled", () => {
  it.each([
    [{}, false],
    [{ NODE_ENV: "development" }, true],
    [{ NODE_ENV: "test" }, true],
    [{ DOCS_ENABLED: "true" }, true],
    [{ NODE_ENV: "development", DOCS_ENABLED: "false" }, false],
  ])("%j: %s", (env, areEnabled) => {
    expect(areDocsEnabled(readEnv(apiEnvSchema, { ...good, ...env }))).toBe(areEnabled);
  });
});
