import { expect, test } from "vitest";
import { redisArguments } from "./redis-arguments.ts";

test("the durable profile keeps an append-only file, written each second", () => {
  const line = redisArguments({ port: 6380, dataDirectory: "/d", profile: "durable" }).join(" ");
  expect(line).toContain("--appendonly yes --appendfsync everysec");
});

test.each(["durable", "throwaway"] as const)("the %s profile never drops a key and is local", (profile) => {
  const line = redisArguments({ port: 6380, dataDirectory: "/d", profile }).join(" ");
  expect(line).toContain("--maxmemory-policy noeviction");
  expect(line).toContain("--bind 127.0.0.1");
});
