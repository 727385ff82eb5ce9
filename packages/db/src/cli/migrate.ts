import { migrate, migrationStatus } from "../migrations/migrate.ts";
import { findDatabase } from "./database-url.ts";
import { refuseUnknownOptions, runCommand } from "./run-command.ts";

const HELP = `npm run db:migrate               apply the migrations of prisma/migrations that the database lacks
npm run db:migrate -- --status   show what is applied and what is not; exit code 1 when something is not

DATABASE_URL   mysql://user:password@host:3306/database; else the private database of npm start
Several processes may do it at once: one works, the others wait. prisma migrate deploy does the same.`;

await runCommand(async (args) => {
  if (args.includes("--help")) {
    console.log(HELP);
    return;
  }
  refuseUnknownOptions(args, ["--status"]);
  const { url } = findDatabase(process.env);
  await (args.includes("--status") ? showStatus(url) : applyPending(url));
});

async function applyPending(url: string): Promise<void> {
  const { applied, newer } = await migrate({ url, onApply: (name) => console.log(`▸ ${name}`) });
  if (applied.length === 0) console.log("✓ The database is up to date.");
  else console.log(`✓ Applied ${applied.length} migration${applied.length === 1 ? "" : "s"}.`);
  tellNewer(newer);
}

async function showStatus(url: string): Promise<void> {
  const { applied, pending, newer } = await migrationStatus({ url });
  for (const name of applied) console.log(`✓ ${name}`);
  for (const name of pending) console.log(`  ${name} (not applied)`);
  tellNewer(newer);
  if (pending.length > 0) process.exitCode = 1;
}

function tellNewer(newer: readonly string[]): void {
  if (newer.length === 0) return;
  console.log(`  The database was migrated by a newer version of this program: ${newer.join(", ")}.`);
}
