import { expect, test } from "vitest";
import { askRedis, formatServer, parseDatabaseVersion } from "./server-version.ts";

test.each([
  ["9.7.4-2", { kind: "mysql", version: "9.7.4" }],
  ["8.0.46-0ubuntu0.24.04.1", { kind: "mysql", version: "8.0.46" }],
  ["10.11.19-MariaDB-0+deb12u1", { kind: "mariadb", version: "10.11.19" }],
  ["11.8.3-MariaDB-ubu2404-log", { kind: "mariadb", version: "11.8.3" }],
])("VERSION() = %s is read", (text, server) => {
  expect(parseDatabaseVersion(text)).toEqual(server);
});

test("people see name and numbers, or the name alone where the server does not tell them", async () => {
  expect(formatServer({ kind: "mysql", version: "9.7.4" })).toBe("MySQL 9.7.4");
  // Port 1 of this machine: nobody answers there.
  expect(formatServer(await askRedis("redis://127.0.0.1:1"))).toBe("Redis");
});
