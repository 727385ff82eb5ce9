import { CommandError } from "@tocsin/db/cli/database-url";
import { describe, expect, it } from "vitest";
import { findTargets } from "./find-targets.ts";

const canary = "canary-4711";
const DATABASE_URL = `mysql://tocsin:${canary}@db.example.com:3306/tocsin`;
const REDIS_URL = `redis://:${canary}@cache.example.com:6379/2`;

function refusalOf(env: NodeJS.ProcessEnv): string {
  try {
    findTargets(env);
  } catch (error) {
    if (error instanceof CommandError) return error.message;
    throw error;
  }
  return "";
}

describe("the targets of a rebuild", () => {
  it("are both those of the environment", () => {
    expect(findTargets({ DATABASE_URL, REDIS_URL, BUCKET_CHECK_SECONDS: "40" })).toEqual({
      databaseUrl: DATABASE_URL,
      redisUrl: REDIS_URL,
      bucketCheckSeconds: 40,
    });
    // Of another system than this clone's: what that one has in .local/env does not count.
    expect(findTargets({ DATABASE_URL, REDIS_URL }).bucketCheckSeconds).toBe(15);
  });

  it.each([
    [{ DATABASE_URL }, /^DATABASE_URL is set and REDIS_URL is not: set both, or neither/],
    [{ DATABASE_URL, REDIS_URL: "" }, /^DATABASE_URL is set and REDIS_URL is not: set both, or neither/],
    [{ REDIS_URL }, /^REDIS_URL is set and DATABASE_URL is not: set both, or neither/],
    [{ DATABASE_URL, REDIS_URL: canary }, /^REDIS_URL: Must be a URL/],
    [{ DATABASE_URL, REDIS_URL: `redis://:${canary}%@cache` }, /^REDIS_URL: Has a % .* as %25\.$/],
    [{ DATABASE_URL, REDIS_URL, BUCKET_CHECK_SECONDS: "soon" }, /^BUCKET_CHECK_SECONDS must be/],
  ])("are refused in one line that shows no value (%#)", (env, expected) => {
    const message = refusalOf(env);
    expect(message).toMatch(expected);
    expect(message).not.toContain(canary);
    expect(message).not.toContain("\n");
  });
});
