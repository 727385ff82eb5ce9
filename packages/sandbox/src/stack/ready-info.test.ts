import { describe, expect, test } from "vitest";
import type { PartInfo } from "./describe-parts.ts";
import { formatReady } from "./ready-info.ts";
import type { ReadyInfo } from "./ready-info.ts";

const account = { email: "admin@example.test", password: "secret", roles: ["Admin"] };

/** A system in which these parts are given. */
function infoOf(given: readonly PartInfo["name"][], rest: Partial<ReadyInfo> = {}): ReadyInfo {
  const names = ["Database", "Redis", "Pusher", "S3", "Push"] as const;
  return {
    api: "http://127.0.0.1:3000",
    docs: "http://127.0.0.1:3000/docs",
    realtime: { key: "k", cluster: "sandbox", wsHost: "127.0.0.1", wsPort: 6001, forceTLS: false },
    servers: { database: { kind: "mysql", version: "9.7.4" }, redis: { kind: "redis", version: "7.0.15" } },
    parts: names.map((name) => ({
      name,
      source: given.includes(name) ? "given" : "sandboxed",
      where: `address-of-${name}`,
    })),
    accounts: [],
    hasAdmin: true,
    ...rest,
  };
}

test("people see the addresses, the engines, the accounts and what to do next", () => {
  const info = infoOf([], { accounts: [account], console: "http://127.0.0.1:6001/console" });
  const text = formatReady(info, "1.0 s");
  for (const part of [
    info.api,
    info.docs,
    "http://127.0.0.1:6001/console",
    "ws://127.0.0.1:6001",
    "MySQL 9.7.4 · Redis 7.0.15",
    account.email,
    "npm run demo",
    "npm stop",
  ]) {
    expect(text).toContain(part);
  }
});

test("each part has a line that says whose it is", () => {
  const text = formatReady(infoOf(["Redis", "S3"]), "1.0 s");
  expect(text.match(/^ {4}\w+ +(?:given|sandboxed) .*$/gm)?.map((line) => line.trim().split(/ +/))).toEqual([
    ["Database", "sandboxed", "address-of-Database"],
    ["Redis", "given", "address-of-Redis"],
    ["Pusher", "sandboxed", "address-of-Pusher"],
    ["S3", "given", "address-of-S3"],
    ["Push", "sandboxed", "address-of-Push"],
  ]);
});

describe("without demo accounts", () => {
  test("it is said how the first admin is made, and how to have the demo's", () => {
    const text = formatReady(infoOf(["Database"], { hasAdmin: false }), "1.0 s");
    expect(text).toMatch(/TOCSIN_ADMIN_EMAIL=\S+ TOCSIN_ADMIN_PASSWORD='[^']+' npm run db:seed/);
    expect(text).toContain("npm start -- --demo-data");
  });

  test("nobody is told to make an admin where there is one, nor to run a demo that cannot run", () => {
    const text = formatReady(infoOf(["Database"]), "1.0 s");
    expect(text).not.toContain("TOCSIN_ADMIN_EMAIL");
    expect(text).not.toContain("npm run demo");
  });
});

describe("alerts of a database that is given", () => {
  test.each([
    [["Database"] as const, "real screens and phones do not get them"],
    [["Database", "Pusher"] as const, "real phones do not get them"],
    [["Database", "Push"] as const, "real screens do not get them"],
  ])("go to stand-ins where screens or phones are sandboxed, and it is said so (%j)", (given, note) => {
    expect(formatReady(infoOf(given), "1.0 s")).toContain(note);
  });

  test.each([[["Database", "Pusher", "Push"] as const], [["Redis", "S3"] as const]])(
    "are no reason for a note where nothing is lost (%j)",
    (given) => {
      expect(formatReady(infoOf(given), "1.0 s")).not.toContain("do not get them");
    },
  );
});
