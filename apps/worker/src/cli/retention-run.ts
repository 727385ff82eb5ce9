import { previewRetention, type RetentionReport, runRetention } from "@tocsin/core/retention/run-retention";
import { CommandError, findDatabase } from "@tocsin/db/cli/database-url";
import { refuseUnknownOptions, runCommand } from "@tocsin/db/cli/run-command";
import { createPool } from "@tocsin/db/pool";
import { EnvError, readEnv } from "@tocsin/platform/env";
import { retentionEnv } from "@tocsin/platform/env-fields";
import { z } from "zod";
import { retentionPolicyOf } from "../retention/retention-policy-of.ts";

const HELP = `npm run retention:run                delete what was kept long enough, now (workers do it by themselves)
npm run retention:run -- --dry-run   only tell how many rows would go

DATABASE_URL       mysql://user:password@host:3306/database; else the private database of npm start
RETENTION_…_DAYS   how long what is kept; 0: for ever. Without them the defaults of .env.example hold.
Ctrl-C ends it after the step under way. It may run while workers run, and as often as you like.`;

/** Counting all that would go may take long. Milliseconds. */
const countingTimeoutMs = 10 * 60_000;

await runCommand(async (args) => {
  if (args.includes("--help")) {
    console.log(HELP);
    return;
  }
  refuseUnknownOptions(args, ["--dry-run"]);
  const { url } = findDatabase(process.env);
  const policy = readPolicy();
  const pool = createPool({ url, connectionLimit: 2, statementTimeoutMs: countingTimeoutMs });
  try {
    const services = { pool, policy };
    if (args.includes("--dry-run")) print(await previewRetention(services), "would go");
    else await run(services);
  } finally {
    await pool.close();
  }
});

function readPolicy(): Parameters<typeof runRetention>[0]["policy"] {
  try {
    return retentionPolicyOf(readEnv(z.object(retentionEnv), process.env));
  } catch (error) {
    if (error instanceof EnvError) throw new CommandError(error.message, { cause: error });
    throw error;
  }
}

async function run(services: Parameters<typeof runRetention>[0]): Promise<void> {
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  process.once("SIGINT", stop).once("SIGTERM", stop);
  const report = await runRetention(services, {
    signal: stopping.signal,
    onProgress: (kind, rows) => {
      if (rows > 0) console.log(`▸ ${kind}: ${rows.toLocaleString("en")}`);
    },
  });
  if (!report) throw new CommandError("Another process is at it just now. Try again later.");
  print(report, "went");
  if (stopping.signal.aborted) console.log("  Stopped early: what is left goes the next time.");
}

function print(report: RetentionReport, verb: string): void {
  for (const [kind, rows] of report) console.log(`✓ ${kind}: ${rows.toLocaleString("en")} ${verb}`);
  if (report.size === 0) console.log("✓ Everything is kept for ever.");
}
