import { readFileSync } from "node:fs";
import type { RealtimeInfo } from "./realtime.ts";
import { formatServers, type RunningServers } from "./running-servers.ts";

export interface DemoAccount {
  email: string;
  password: string;
  roles: readonly string[];
}

/** What .local/ready.json holds: everything a person or a program needs to use the running system. */
export interface ReadyInfo {
  api: string;
  docs: string;
  console?: string;
  realtime: RealtimeInfo;
  servers: RunningServers;
  accounts: readonly DemoAccount[];
}

/**
 * Reads the demo accounts that the seed wrote.
 *
 * @throws Error when the file is not a list of accounts.
 */
export function readAccounts(file: string): DemoAccount[] {
  const value: unknown = JSON.parse(readFileSync(file, "utf8"));
  if (!Array.isArray(value) || !value.every(isAccount)) {
    throw new Error(`${file} does not list accounts with email, password and roles.`);
  }
  return value.map(({ email, password, roles }) => ({ email, password, roles }));
}

function isAccount(value: unknown): value is DemoAccount {
  if (typeof value !== "object" || value === null) return false;
  const { email, password, roles } = value as Record<string, unknown>;
  return typeof email === "string" && typeof password === "string" && Array.isArray(roles);
}

/** The same for people. */
export function formatReady(info: ReadyInfo, seconds: string): string {
  const rows: [string, string][] = [
    ["API", info.api],
    ["Docs", info.docs],
    ...(info.console === undefined ? [] : ([["Console", info.console]] as [string, string][])),
    [
      "Realtime",
      `${info.realtime.forceTLS ? "wss" : "ws"}://${info.realtime.wsHost}:${info.realtime.wsPort}`,
    ],
    ["Engines", formatServers(info.servers)],
  ];
  const width = Math.max(0, ...info.accounts.map(({ email }) => email.length));
  const accounts = info.accounts.map(
    ({ email, password, roles }) => `    ${email.padEnd(width)}  ${password}  ${roles.join(", ")}`,
  );
  return [
    "",
    `Tocsin is ready (${seconds}).`,
    ...rows.map(([name, value]) => `  ${name.padEnd(9)} ${value}`),
    ...(accounts.length > 0 ? ["  Accounts (email, password, roles)", ...accounts] : []),
    "",
    "  See alerts arrive:  npm run demo      Stop:  Ctrl-C, or npm stop from anywhere",
    "",
  ].join("\n");
}
