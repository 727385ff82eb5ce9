import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { formatReady, readAccounts } from "./ready-info.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-ready-"));
  file = join(folder, "accounts.json");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const account = { email: "admin@example.test", password: "secret", roles: ["Admin"] };

test("accounts are read without anything else the file may hold", () => {
  writeFileSync(file, JSON.stringify([{ ...account, id: 7 }]));
  expect(readAccounts(file)).toEqual([account]);
});

test.each([{}, [{ email: "a" }], [null], [{ ...account, roles: "Admin" }]])(
  "%j is no list of accounts",
  (value) => {
    writeFileSync(file, JSON.stringify(value));
    expect(() => readAccounts(file)).toThrow(/does not list accounts/);
  },
);

test("people see the addresses, the engines, the accounts and what to do next", () => {
  const realtime = { key: "k", cluster: "sandbox", wsHost: "127.0.0.1", wsPort: 6001, forceTLS: false };
  const servers = {
    database: { kind: "mysql", version: "9.7.4" },
    redis: { kind: "redis", version: "7.0.15" },
  } as const;
  const info = { api: "http://127.0.0.1:3000", docs: "http://127.0.0.1:3000/docs", realtime, servers };
  const text = formatReady({ ...info, accounts: [account] }, "1.0 s");
  for (const part of [
    info.api,
    info.docs,
    "ws://127.0.0.1:6001",
    "MySQL 9.7.4 · Redis 7.0.15",
    account.email,
    "npm run demo",
    "npm stop",
  ]) {
    expect(text).toContain(part);
  }
});
