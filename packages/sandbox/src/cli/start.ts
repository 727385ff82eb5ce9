import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { ENGINE_OPTION_HELP, takeEngineOption } from "../engines/engine-option.ts";
import { UserError } from "../engines/user-error.ts";
import { readGivenParts } from "../stack/given-parts.ts";
import { STACK } from "../stack/layout.ts";
import { claimOrchestrator, releaseOrchestrator } from "../stack/orchestrator-lock.ts";
import { stopLeftovers } from "../stack/leftovers.ts";
import { formatSeconds } from "../stack/progress.ts";
import { formatReady } from "../stack/ready-info.ts";
import { onceAskedToStop, runCli, settle } from "../stack/run-cli.ts";
import { PORT_VARIABLES, readPorts } from "../stack/settings.ts";
import { startStack } from "../stack/start-stack.ts";
import { createSupervisor } from "../stack/supervisor.ts";
import { endTasks } from "../stack/task.ts";

const HELP = `npm start                  start a database, Redis, stand-ins for Pusher, S3, FCM and APNs, the worker and the API; Ctrl-C stops all
npm start -- --fresh       the same with an empty database: wipes what .local/data/ holds of this database server
npm start -- --demo-data   with a database of your own: put demo accounts and rules into it, if nobody else uses it

${ENGINE_OPTION_HELP}
                           Each keeps its own data.

Ports (each on 127.0.0.1 only)
${Object.values(PORT_VARIABLES)
  .map(({ variable, fallback }) => `  ${variable.padEnd(20)} ${fallback}`)
  .join("\n")}

What the environment gives is used, each part by itself; the rest runs here (.env.example tells of each variable)
  DATABASE_URL         mysql://user:password@host:3306/name; never wiped, no demo data unless asked for
  REDIS_URL            redis://host:6379
  PUSHER_APP_ID, PUSHER_KEY, PUSHER_SECRET, PUSHER_CLUSTER   of an application at pusher.com
  S3_BUCKET            and the other S3_ variables, for uploaded sounds
  FCM_SERVICE_ACCOUNT or APNS_KEY, APNS_KEY_ID, APNS_TEAM_ID, APNS_TOPIC   for push notifications
  TOCSIN_ADMIN_EMAIL, TOCSIN_ADMIN_PASSWORD   the first admin
  X_FILE               instead of each X that is a secret: a file that holds it

  LOG_LEVEL            error, warn, info (default) or debug

What programs need to know is in .local/ready.json once the system is ready; logs are in .local/logs/.`;

await runCli(async () => {
  const args = process.argv.slice(2);
  if (args.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  const { engine, rest } = takeEngineOption(args);
  const unknown = rest.find((argument) => !["--fresh", "--demo-data"].includes(argument));
  if (unknown !== undefined) throw new UserError(`Unknown option ${unknown}; see npm start -- --help`);
  const fresh = rest.includes("--fresh");
  const ports = readPorts(process.env);
  const given = readGivenParts(process.env);
  const demoData = rest.includes("--demo-data");
  if (demoData && process.env["NODE_ENV"] === "production") {
    throw new UserError("--demo-data is refused with NODE_ENV=production.");
  }
  if (fresh && (given.engines.databaseUrl !== undefined || given.engines.redisUrl !== undefined)) {
    throw new UserError(
      "--fresh wipes only the engines of this clone: unset DATABASE_URL and REDIS_URL first.",
    );
  }

  mkdirSync(STACK.run, { recursive: true });
  claimOrchestrator(STACK.orchestrator);
  const startedAt = Date.now();
  const stopping = new AbortController();
  const supervisor = createSupervisor((name) => console.log(`▸ Stopping ${name}`));
  const askedToStop = new Promise<"stop">((resolve) => {
    onceAskedToStop(() => {
      console.log("");
      endTasks();
      stopping.abort();
      resolve("stop");
    });
  });
  try {
    await stopLeftovers(STACK.run);
    const options = { ports, given, engine, fresh, demoData };
    const starting = startStack({ ...options, supervisor, signal: stopping.signal });
    const info = await Promise.race([starting, askedToStop]);
    if (info === "stop") {
      await supervisor.stopAll();
      await settle(starting);
      return 0;
    }
    writeFileSync(STACK.ready, `${JSON.stringify(info, null, 2)}\n`, { mode: 0o600 });
    console.log(formatReady(info, formatSeconds(Date.now() - startedAt)));
    const end = await Promise.race([supervisor.unexpectedEnd, askedToStop]);
    if (end === "stop") return 0;
    console.error(`✗ ${end}`);
    return 1;
  } catch (error) {
    console.error(`✗ ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    rmSync(STACK.ready, { force: true });
    const stopped = [...(await supervisor.stopAll())];
    // Whatever was being started when the request to stop came may not be in the supervisor's list.
    stopped.push(...(await stopLeftovers(STACK.run)));
    releaseOrchestrator(STACK.orchestrator);
    if (stopped.length > 0) console.log(`✓ Stopped. The data stays in ${STACK.data}.`);
  }
});
