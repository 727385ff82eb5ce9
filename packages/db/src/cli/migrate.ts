import { explainStop } from "../migrations/explain-stop.ts";
import { migrate, migrationStatus } from "../migrations/migrate.ts";
import {
  continueMigration,
  findStoppedMigration,
  markApplied,
  markRolledBack,
  type StoppedMigration,
} from "../migrations/repair.ts";
import { findDatabase } from "./database-url.ts";
import { type MigrateCommand, readMigrateOptions } from "./migrate-options.ts";
import { runCommand } from "./run-command.ts";

const HELP = `npm run db:migrate               apply the migrations of prisma/migrations that the database lacks
npm run db:migrate -- --status   show what is applied and what is not; exit code 1 when something is not

When a migration stopped half-way, nothing is applied until it is repaired:
npm run db:migrate -- --repair                  show where it stopped and why; changes nothing, exit code 1
npm run db:migrate -- --repair --continue       the cause is mended: run the statements that are not done
npm run db:migrate -- --repair --continue --from <number>
                                                the same from this statement on: those before it were done by hand
npm run db:migrate -- --repair --rolled-back    what it had done was undone by hand: the next run begins it anew
npm run db:migrate -- --repair --applied        what was left was done by hand: it counts as applied

DATABASE_URL   mysql://user:password@host:3306/database; else the private database of npm start
Several processes may do it at once: one works, the others wait. prisma migrate deploy does the same.`;

const NOTHING_STOPPED = "✓ No migration stopped half-way: nothing was changed.";
const AND_THEN = "npm run db:migrate applies what is left.";

await runCommand(async (args) => {
  const command = readMigrateOptions(args);
  if (command.do === "help") {
    console.log(HELP);
    return;
  }
  const { url } = findDatabase(process.env);
  await run(command, url);
});

async function run(command: MigrateCommand, url: string): Promise<void> {
  switch (command.do) {
    case "apply":
      return applyPending(url);
    case "status":
      return showStatus(url);
    case "explain":
      return explain(url);
    case "continue":
      return repair(continueMigration({ url, from: command.from }), "is finished");
    case "mark rolled back":
      return repair(markRolledBack({ url }), "counts as rolled back, and will be run from its start");
    case "mark applied":
      return repair(markApplied({ url }), "counts as applied");
    case "help":
      return;
  }
}

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

async function explain(url: string): Promise<void> {
  const stopped = await findStoppedMigration({ url });
  if (stopped === undefined) {
    console.log(NOTHING_STOPPED);
    return;
  }
  console.log(explainStop(stopped));
  process.exitCode = 1;
}

async function repair(work: Promise<StoppedMigration | undefined>, outcome: string): Promise<void> {
  const stopped = await work;
  console.log(
    stopped === undefined ? NOTHING_STOPPED : `✓ Migration ${stopped.name} ${outcome}. ${AND_THEN}`,
  );
}

function tellNewer(newer: readonly string[]): void {
  if (newer.length === 0) return;
  console.log(`  The database was migrated by a newer version of this program: ${newer.join(", ")}.`);
}
