import { spawnSync } from "node:child_process";
import { createConnection } from "mariadb";
import { driverConfig } from "../driver-config.ts";
import { migrate } from "../migrations/migrate.ts";
import { CommandError, findDatabase, isPrivateDatabase } from "./database-url.ts";
import { repositoryFolder } from "./repository.ts";
import { refuseUnknownOptions, runCommand } from "./run-command.ts";

const HELP = `npm run db:reset   empty the private database of this clone, migrate it and fill it with the demo data

Only a database whose server keeps its data under .local is ever emptied.`;

await runCommand(async (args) => {
  if (args.includes("--help")) {
    console.log(HELP);
    return;
  }
  refuseUnknownOptions(args, []);
  const { url, origin } = findDatabase(process.env);
  const { host, port, database } = driverConfig(url);
  if (!(await isPrivateDatabase(url))) {
    throw new CommandError(
      `${database} at ${host}:${port} (from ${origin}) is not a private database of this clone. Only one at 127.0.0.1 ` +
        "whose server keeps its data under .local is ever emptied.",
    );
  }
  await recreate(url, database);
  await migrate({ url, onApply: (name) => console.log(`▸ ${name}`) });
  seed(url);
  console.log(`✓ ${database} at ${host}:${port} is as new.`);
});

async function recreate(url: string, database: string): Promise<void> {
  const name = `\`${database.replaceAll("`", "``")}\``;
  const connection = await createConnection(driverConfig(url));
  try {
    await connection.query(`DROP DATABASE ${name}`);
    await connection.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
  } finally {
    await connection.end();
  }
}

function seed(url: string): void {
  const { DATABASE_URL_FILE: _file, ...env } = process.env;
  const { status } = spawnSync(process.execPath, ["prisma/seed.ts"], {
    cwd: repositoryFolder,
    env: { ...env, DATABASE_URL: url, SANDBOX: "true" },
    stdio: "inherit",
  });
  if (status !== 0) throw new CommandError("prisma/seed.ts failed.");
}
