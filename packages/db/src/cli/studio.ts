import { driverConfig } from "../driver-config.ts";
import { findDatabase } from "./database-url.ts";
import { runCommand } from "./run-command.ts";
import { runPrisma } from "./run-prisma.ts";

const HELP = `npm run db:studio   open Prisma Studio in the browser; Ctrl-C ends it

DATABASE_URL   mysql://user:password@host:3306/database; else the private database of npm start
Further options go to prisma studio, such as -- --port 5555 --browser none.`;

await runCommand(async (args) => {
  if (args.includes("--help")) {
    console.log(HELP);
    return;
  }
  const { url, origin } = findDatabase(process.env);
  const { host, port, database } = driverConfig(url);
  console.log(`Prisma Studio on ${database} at ${host}:${port} (from ${origin})`);
  // Ctrl-C reaches Studio through the terminal; this process waits for its end.
  process.on("SIGINT", () => undefined);
  const { DATABASE_URL_FILE: _file, ...env } = process.env;
  const { code } = runPrisma(["studio", ...args], "show", { ...env, DATABASE_URL: url });
  process.exitCode = code;
});
