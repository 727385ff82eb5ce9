import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { hashPassword } from "@tocsin/core/auth/hash-password";
import { givenRole, givenUser } from "@tocsin/core/testing/fixtures";
import { createDatabase } from "@tocsin/db/client";
import { createPool, type Pool } from "@tocsin/db/pool";
import { freePort } from "@tocsin/sandbox/engines/free-port";
import { startProcess } from "@tocsin/sandbox/testing/start-process";
import { startOwnEngines } from "../../tests/support/own-engines.ts";
import type { SystemEngines } from "../../tests/support/system.ts";
import type { BenchOptions } from "../options.ts";
import { atLeast, atMost, type BenchResult } from "../report.ts";
import { askMeasuredDatabase, databaseOptions, type MeasuredDatabase } from "../system/database-choice.ts";
import { numbersBetween } from "../system/numbers.ts";

const email = "bench@example.com";
const password = "a lighthouse keeper's umbrella";

/** The log that is exported, and a tenth of it, to see whether memory grows with it. Lines. */
const sizes = [100_000, 1_000_000];

/** What an export of a million lines may need more than one of a hundred thousand. MB. */
const allowedGrowth = 64;

/** Exports the audit log as CSV from a real API process; the floor is the bare statement that reads the same lines. */
export async function runExport(options: BenchOptions): Promise<BenchResult> {
  const engines = await startOwnEngines(options.engine, databaseOptions(options));
  const pool = createPool({ url: engines.databaseUrl, connectionLimit: 1 });
  try {
    await givenAdmin(engines.databaseUrl);
    const found = [];
    for (const lines of sizes) {
      console.log(`  ${lines} lines`);
      await fillUpTo(pool, lines);
      found.push(await measure(pool, engines));
    }
    return summarise(await askMeasuredDatabase(pool), found);
  } finally {
    await pool.close();
    await engines.release();
  }
}

interface Found {
  lines: number;
  seconds: number;
  floorSeconds: number;
  restMB: number;
  peakMB: number;
}

async function givenAdmin(url: string): Promise<void> {
  const db = createDatabase({ url, connectionLimit: 2 });
  const id = await givenUser(db, [await givenRole(db, "Admin", ["*"])], email);
  await db.user.update({ where: { id }, data: { passwordHash: await hashPassword(password) } });
  await db.$disconnect();
}

/** Lines as they are after a change of a rule, a second apart. */
async function fillUpTo(pool: Pool, lines: number): Promise<void> {
  const step = 50_000;
  for (let present = await countLines(pool); present < lines; present = await countLines(pool)) {
    await pool.query(
      `INSERT INTO audit_log
         (id, action, userId, actorType, actorLabel, resourceType, resourceId, \`before\`, \`after\`,
          requestId, ip, \`timestamp\`)
       SELECT CONCAT(LPAD(HEX(? + seq), 8, '0'), '-0000-7000-8000-000000000000'), 'rule.updated',
              UUID(), 'user', 'ada@example.com', 'rule', UUID(),
              '{"active":true,"priority":3,"name":"Transfers, failed"}', '{"active":false,"priority":1}',
              UUID(), '203.0.113.7', TIMESTAMPADD(SECOND, ? + seq, '2020-01-01')
         FROM ${numbersBetween(1, Math.min(step, lines - present))} ORDER BY seq`,
      [present, present],
    );
  }
}

async function countLines(pool: Pool): Promise<number> {
  const [row] = await pool.query<{ lines: number }[]>("SELECT COUNT(*) AS `lines` FROM audit_log");
  return row?.lines ?? 0;
}

async function measure(pool: Pool, { databaseUrl, redisUrl }: SystemEngines): Promise<Found> {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const api = await startProcess({
    name: "api",
    entry: fileURLToPath(new URL("../../apps/api/src/main.ts", import.meta.url)),
    env: {
      ...{ NODE_ENV: "test", HOST: "127.0.0.1", PORT: String(port), DATABASE_URL: databaseUrl },
      ...{ REDIS_URL: redisUrl, JWT_SECRET: "a secret of this benchmark, 32 bytes or more" },
      ...{ PUSHER_APP_ID: "1", PUSHER_KEY: "key", PUSHER_SECRET: "secret-of-16-bytes", PUSHER_CLUSTER: "b" },
    },
    isReady: `${base}/ready`,
  });
  try {
    const token = await logIn(base);
    const expected = await countLines(pool);
    const restMB = peakMemoryOf(api.pid);
    const startedAt = performance.now();
    const lines = await countExported(base, token);
    const seconds = (performance.now() - startedAt) / 1000;
    if (lines !== expected) throw new Error(`${lines} lines were exported where there are ${expected}`);
    return { lines, seconds, restMB, peakMB: peakMemoryOf(api.pid), floorSeconds: await readBare(pool) };
  } finally {
    await api.stop();
  }
}

async function logIn(base: string): Promise<string> {
  const response = await fetch(`${base}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  return ((await response.json()) as { accessToken: string }).accessToken;
}

/** The lines of the file without its header; no cell of it holds a line break. */
async function countExported(base: string, token: string): Promise<number> {
  const response = await fetch(`${base}/api/v1/audit/export`, {
    headers: { authorization: `Bearer ${token}` },
  });
  let lines = -1;
  for await (const chunk of response.body ?? []) {
    for (const byte of chunk as Uint8Array) if (byte === 0x0a) lines += 1;
  }
  return lines;
}

/** The same lines by the bare statement, a chunk at a time as the export reads them. */
async function readBare(pool: Pool): Promise<number> {
  const startedAt = performance.now();
  let last: { id: string; timestamp: Date } | undefined;
  do {
    const rows: { id: string; timestamp: Date }[] = await pool.query(
      `SELECT * FROM audit_log ${last ? "WHERE `timestamp` <= ? AND (`timestamp` < ? OR id < ?)" : ""}
        ORDER BY \`timestamp\` DESC, id DESC LIMIT 2000`,
      last ? [last.timestamp, last.timestamp, last.id] : [],
    );
    last = rows.at(-1);
  } while (last);
  return (performance.now() - startedAt) / 1000;
}

/** The most memory that a process ever had. MB. */
function peakMemoryOf(pid: number): number {
  const [, kilobytes = "0"] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes) / 1024;
}

function summarise(database: MeasuredDatabase, found: readonly Found[]): BenchResult {
  const [small, large] = found;
  if (!small || !large) throw new Error("Nothing was measured");
  return {
    bench: "export",
    databases: [database],
    rows: found.flatMap(({ lines, seconds, floorSeconds, restMB, peakMB }) => [
      {
        case: `${lines} lines of audit as CSV`,
        value: lines / seconds,
        unit: "lines/s",
        floorRatio: floorSeconds / seconds,
      },
      { case: `${lines} lines: memory of the API before`, value: restMB, unit: "MB" },
      { case: `${lines} lines: peak memory of the API`, value: peakMB, unit: "MB" },
    ]),
    targets: [
      atLeast("of the bare statement's speed", 0.2, large.floorSeconds / large.seconds),
      atMost("MB more for ten times the lines", allowedGrowth, large.peakMB - small.peakMB),
    ],
  };
}
