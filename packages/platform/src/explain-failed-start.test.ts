import { describe, expect, it } from "vitest";
import { EnvError } from "./env.ts";
import { explainFailedStart } from "./explain-failed-start.ts";
import { UnusableRedisError } from "./redis.ts";

describe("explainFailedStart", () => {
  it.each([
    [new EnvError("REDIS_URL is not set"), "REDIS_URL is not set"],
    [new UnusableRedisError("Redis must run with noeviction"), "Redis must run with noeviction"],
    [
      Object.assign(new Error("It names no database."), { name: "InvalidDatabaseUrlError" }),
      "DATABASE_URL: It names no database.",
    ],
    [
      Object.assign(new Error("The file of JWT_SECRET_FILE is empty."), { name: "SecretFileError" }),
      "The file of JWT_SECRET_FILE is empty.",
    ],
    [
      Object.assign(new Error("listen"), { code: "EADDRINUSE", port: 3001 }),
      "Port 3001 is taken: stop what listens there or set WORKER_HEALTH_PORT to another one",
    ],
    [
      Object.assign(new Error("listen"), { code: "EACCES", port: 80 }),
      "Port 80 may not be used: set WORKER_HEALTH_PORT to another one, such as 3000",
    ],
    [Object.assign(new Error("open"), { code: "EACCES", path: "/etc/shadow" }), undefined],
    [new Error("Nobody foresaw this"), undefined],
  ])("says it in words where the reason is foreseen: %s", (error, expected) => {
    expect(explainFailedStart(error, "WORKER_HEALTH_PORT")).toBe(expected);
  });
});
