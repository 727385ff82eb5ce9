import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { readForeignEngines, readPorts } from "./settings.ts";

test("without variables every port has its default, none of them a system server's", () => {
  const ports = Object.values(readPorts({}));
  expect(readPorts({}).api).toBe(3000);
  expect(ports).not.toContain(3306);
  expect(ports).not.toContain(6379);
});

test("a variable chooses the port, an empty one does not", () => {
  expect(readPorts({ TOCSIN_API_PORT: "4000", TOCSIN_REDIS_PORT: "" })).toMatchObject({
    api: 4000,
    redis: 6380,
  });
});

test("the database's port has one name for both servers; its former name is read where the new one is not set", () => {
  expect(readPorts({ TOCSIN_MYSQL_PORT: "4001" }).database).toBe(4001);
  expect(readPorts({ TOCSIN_MARIADB_PORT: "4002" }).database).toBe(4002);
  expect(readPorts({ TOCSIN_MYSQL_PORT: "4001", TOCSIN_MARIADB_PORT: "4002" }).database).toBe(4001);
});

test.each(["0", "65536", "-1", "3000.5", "0x10", "abc", " 3000"])(
  "TOCSIN_API_PORT=%j is refused by name",
  (text) => {
    expect(() => readPorts({ TOCSIN_API_PORT: text })).toThrow(/TOCSIN_API_PORT must be a port/);
  },
);

test.each([
  ["TOCSIN_MYSQL_PORT", "3306"],
  ["TOCSIN_REDIS_PORT", "6379"],
])("%s=%s is refused: it is the machine's own server's", (variable, port) => {
  expect(() => readPorts({ [variable]: port })).toThrow(`${variable} must not be ${port}`);
});

test("one port for two programs is refused, naming both variables", () => {
  expect(() => readPorts({ TOCSIN_PUSHER_PORT: "3000" })).toThrow(
    "TOCSIN_PUSHER_PORT and TOCSIN_API_PORT are both 3000",
  );
});

test("given servers are taken as they are written", () => {
  const env = { DATABASE_URL: "mysql://u:p@db:3306/x", REDIS_URL: "rediss://r:6380" };
  expect(readForeignEngines(env)).toEqual({ databaseUrl: env.DATABASE_URL, redisUrl: env.REDIS_URL });
  expect(readForeignEngines({ DATABASE_URL: "" })).toEqual({});
});

test.each(["postgres://u@h/x", "nonsense", "mysql:///x"])(
  "DATABASE_URL=%j is refused with an example",
  (text) => {
    expect(() => readForeignEngines({ DATABASE_URL: text })).toThrow(/DATABASE_URL must look like mysql:/);
  },
);

test.each([
  ["DATABASE_URL", "mysql://user:100%@db/x"],
  ["REDIS_URL", "redis://:50%zz@cache:6379"],
])("a %% in the password of %s that is no escape is named, and not shown", (variable, url) => {
  expect(() => readForeignEngines({ [variable]: url })).toThrow(/^[A-Z_]+ has a % .* as %25\.$/);
  const escaped = url.replace("%", "%25");
  expect(Object.values(readForeignEngines({ [variable]: escaped }))).toEqual([escaped]);
});

test("a server's URL may be in a file, but not in a variable as well", () => {
  const folder = mkdtempSync(join(tmpdir(), "tocsin-settings-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "url");
  writeFileSync(file, "mysql://u:p@db:3306/x\n");
  expect(readForeignEngines({ DATABASE_URL_FILE: file })).toEqual({ databaseUrl: "mysql://u:p@db:3306/x" });
  expect(() => readForeignEngines({ DATABASE_URL: "mysql://u@db/x", DATABASE_URL_FILE: file })).toThrow(
    "DATABASE_URL and DATABASE_URL_FILE are both set",
  );
  expect(() => readForeignEngines({ REDIS_URL_FILE: join(folder, "none") })).toThrow(
    "The file of REDIS_URL_FILE cannot be read.",
  );
});
