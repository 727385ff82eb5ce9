import type { PartInfo } from "./describe-parts.ts";
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
  /** The database, Redis, Pusher, S3 and push: which of them are given, which are sandboxed. */
  parts: readonly PartInfo[];
  /** The demo accounts; none where there is no demo data. */
  accounts: readonly DemoAccount[];
  /** Whether somebody can log in as an Admin. */
  hasAdmin: boolean;
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
  const parts = info.parts.map(
    ({ name, source, where }) => `    ${name.padEnd(8)} ${source.padEnd(9)}  ${where}`,
  );
  const width = Math.max(0, ...info.accounts.map(({ email }) => email.length));
  const accounts = info.accounts.map(
    ({ email, password, roles }) => `    ${email.padEnd(width)}  ${password}  ${roles.join(", ")}`,
  );
  return [
    "",
    `Tocsin is ready (${seconds}).`,
    ...rows.map(([name, value]) => `  ${name.padEnd(9)} ${value}`),
    "  Parts",
    ...parts,
    ...(accounts.length > 0 ? ["  Accounts (email, password, roles)", ...accounts] : tellOfAccounts(info)),
    ...warnOfStandIns(info.parts),
    "",
    accounts.length > 0
      ? "  See alerts arrive:  npm run demo      Stop:  Ctrl-C, or npm stop from anywhere"
      : "  Stop:  Ctrl-C, or npm stop from anywhere",
    "",
  ].join("\n");
}

function tellOfAccounts({ hasAdmin }: ReadyInfo): string[] {
  if (hasAdmin)
    return [
      "  Accounts  those of your database; npm start -- --demo-data would add the demo's to an empty one",
    ];
  return [
    "  No admin yet. To make the first one, in another terminal:",
    "    TOCSIN_ADMIN_EMAIL=you@example.com TOCSIN_ADMIN_PASSWORD='<12 characters or more>' npm run db:seed",
    "  Or for the demo accounts, in an empty database only:  npm start -- --demo-data",
  ];
}

/** Whoever is alerted by a database that others use as well must know that the alerts go nowhere else. */
function warnOfStandIns(parts: readonly PartInfo[]): string[] {
  const isSandboxed = (name: PartInfo["name"]) =>
    parts.some((part) => part.name === name && part.source === "sandboxed");
  const standIns = (["Pusher", "Push"] as const).filter(isSandboxed);
  if (isSandboxed("Database") || standIns.length === 0) return [];
  const deaf = { Pusher: "screens", Push: "phones" };
  const who = standIns.map((name) => deaf[name]).join(" and ");
  return [`  Note: alerts of this database go to stand-ins on this machine; real ${who} do not get them.`];
}
