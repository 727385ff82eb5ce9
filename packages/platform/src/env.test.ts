import { describe, expect, it } from "vitest";
import { z } from "zod";
import { EnvError, readEnv } from "./env.ts";
import { boolean, databaseUrl, integer, port, redisUrl, secret } from "./env-fields.ts";

const schema = z.object({ DATABASE_URL: databaseUrl, PORT: port.default(3000), JWT_SECRET: secret });
const good = { DATABASE_URL: "mysql://a:b@localhost/c", JWT_SECRET: "0123456789abcdefghijklmnopqrstuv" };

function messageOf(env: Record<string, string>): string {
  try {
    readEnv(schema, env);
  } catch (error) {
    if (error instanceof EnvError) return error.message;
    throw error;
  }
  return "";
}

describe("readEnv", () => {
  it("gives parsed values and defaults", () => {
    expect(readEnv(schema, good)).toEqual({ ...good, PORT: 3000 });
  });

  it("takes an empty variable for one that is not set", () => {
    expect(readEnv(schema, { ...good, PORT: "" }).PORT).toBe(3000);
  });

  it("names every variable that is missing or wrong, in one message", () => {
    const message = messageOf({ PORT: "seventy", JWT_SECRET: "short" });
    expect(message.split("\n").slice(1)).toEqual([
      "  DATABASE_URL is not set",
      expect.stringMatching(/^ {2}PORT: /),
      expect.stringMatching(/^ {2}JWT_SECRET: Must have at least 32 bytes/),
      expect.stringMatching(/^ {2}JWT_SECRET: Is too simple/),
    ]);
  });

  it("says how a % in a password is written", () => {
    const message = messageOf({ ...good, DATABASE_URL: "mysql://a:canary%@localhost/c" });
    expect(message).toMatch(/^ {2}DATABASE_URL: Has a % that begins no escape: .* as %25$/m);
    expect(message).not.toContain("canary");
  });

  it("never shows a value", () => {
    const canary = "canary-4711";
    const message = messageOf({ DATABASE_URL: `http://${canary}`, PORT: canary, JWT_SECRET: canary });
    expect(message).not.toContain(canary);
  });
});

describe("the fields", () => {
  it.each([
    [databaseUrl, "mysql://user:password@127.0.0.1:3306/tocsin", true],
    [databaseUrl, "mariadb://localhost/tocsin", true],
    [databaseUrl, "postgres://localhost/tocsin", false],
    [databaseUrl, "tocsin", false],
    [redisUrl, "redis://127.0.0.1:6379", true],
    [redisUrl, "rediss://cache.example.com", true],
    [redisUrl, "http://127.0.0.1:6379", false],
    [redisUrl, "redis://:p%40ss@127.0.0.1:6379", true],
    [redisUrl, "redis://:100%@127.0.0.1:6379", false],
    [redisUrl, "redis://:%E4@127.0.0.1:6379", false],
    [databaseUrl, "mysql://user:100%25@127.0.0.1/tocsin", true],
    [databaseUrl, "mysql://user:100%@127.0.0.1/tocsin", false],
    [port, "1", true],
    [port, "65535", true],
    [port, "0", false],
    [port, "65536", false],
    [port, "80.5", false],
    [boolean, "true", true],
    [boolean, "false", true],
    [boolean, "1", false],
    [boolean, "yes", false],
    [integer(2, 5), "2", true],
    [integer(2, 5), "6", false],
    [secret, "a".repeat(64), false],
    [secret, "0123456789abcdefghijklmnopqrst", false],
    [secret, "0123456789abcdefghijklmnopqrstuv", true],
  ])("%# %s", (field, value, isAccepted) => {
    expect(field.safeParse(value).success).toBe(isAccepted);
  });

  it("read true and false as booleans", () => {
    expect([boolean.parse("true"), boolean.parse("false")]).toEqual([true, false]);
  });
});
