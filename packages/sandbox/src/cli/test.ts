import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DatabaseKind, ENGINE_NAMES } from "../engines/engine.ts";
import { ENGINE_OPTION_HELP, takeEngineOption } from "../engines/engine-option.ts";
import { NoEngineError } from "../engines/no-engine-error.ts";
import {
  API_CONTRACT,
  GENERATE_CLIENT,
  reportFailedChecks,
  runChecks,
  STATIC_CHECKS,
} from "../stack/checks.ts";
import { step } from "../stack/progress.ts";
import { onceAskedToStop, runCli, settle } from "../stack/run-cli.ts";
import { formatServers } from "../stack/running-servers.ts";
import { endTasks, runTask, toolEnvironment } from "../stack/task.ts";
import { givenTestEngines } from "../stack/test-engine-settings.ts";
import type { GivenTestEngines } from "../stack/test-engine-settings.ts";
import { removeTestFolder, startTestEngines, TEST_FOLDER } from "../stack/test-engines.ts";
import { countTests } from "../stack/vitest-report.ts";
import type { TestCounts } from "../stack/vitest-report.ts";

/** MySQL or whatever was asked for can be run in no way: EX_UNAVAILABLE of sysexits(3). Nothing was tested. */
const NOT_RUN = 69;

const HELP = `npm test                     every check, then the unit, integration and end-to-end tests, and the fuzzer for a minute
                             (FUZZ_SEED: other requests than usual)
npm test -- <filter>         only the test files whose path contains the filter
npm test -- --project unit   only one kind of test: unit, integration, e2e or fuzz (further options go to vitest)
npm run test:mysql           what touches a database (integration, e2e), on MySQL; ends with ${NOT_RUN} where none can be had
npm run test:zones           the integration tests that have to do with time, in the zones of New York and Kolkata
npm run test:faults          kills and freezes processes and engines under load, and looks whether anything was lost
                             (FAULT_SEED repeats a run, FAULT_EVENTS makes it shorter or longer; not part of npm test)

A database server and Redis are started for the run and removed after it. DATABASE_URL and REDIS_URL are ignored.
${ENGINE_OPTION_HELP}
TOCSIN_TEST_DATABASE_URL     use this MySQL server instead; the database's name must end in _test
TOCSIN_TEST_REDIS_URL        use this Redis instead`;

/** Fault tests take minutes: they run when asked for. */
const EVERY_PROJECT = ["unit", "integration", "e2e", "fuzz"];
const EVERY_TEST = ["--passWithNoTests", ...EVERY_PROJECT.flatMap((name) => ["--project", name])];

/** What a shell shows for a command ended by Ctrl-C. */
const STOPPED_BY_SIGNAL = 130;

await runCli(async () => {
  const { engine, rest: args } = takeEngineOption(process.argv.slice(2));
  if (args.includes("--help")) {
    console.log(HELP);
    return 0;
  }
  const given = givenTestEngines(process.env);
  const stopping = new AbortController();
  const askedToStop = new Promise<number>((resolve) => {
    onceAskedToStop(() => {
      console.log("\n▸ Stopping");
      endTasks();
      stopping.abort();
      resolve(STOPPED_BY_SIGNAL);
    });
  });
  const testing = testEverything(args, { given, asked: engine, signal: stopping.signal });
  try {
    return await Promise.race([askedToStop, testing]);
  } catch (error) {
    if (!(error instanceof NoEngineError)) throw error;
    console.error(`✗ ${error.message}\n`);
    console.log(`${error.kinds.map((kind) => ENGINE_NAMES[kind]).join(", ")}: NOT RUN — ${error.reason}`);
    return NOT_RUN;
  } finally {
    endTasks();
    await settle(testing);
    await removeTestFolder();
  }
});

async function testEverything(
  args: readonly string[],
  { given, asked, signal }: { given: GivenTestEngines; asked: DatabaseKind | undefined; signal: AbortSignal },
): Promise<number> {
  const env = testEnvironment();
  const failed = await runChecks([GENERATE_CLIENT], env);
  if (args.length === 0) failed.push(...(await runChecks(STATIC_CHECKS, env)));
  const engines = await step("Database and Redis", () => startTestEngines(given, signal, asked));
  const counts = await runVitest(args, {
    ...env,
    TOCSIN_TEST_MYSQL: engines.databaseUrl,
    TOCSIN_TEST_REDIS: engines.redisUrl,
    TOCSIN_TEST_ENGINE: engines.servers.database.kind,
    TOCSIN_TEST_RUN: join(TEST_FOLDER, "run"),
  });
  await step("Stopping database and Redis", () => engines.stop());
  if (args.length === 0) failed.push(...(await runChecks([API_CONTRACT], env)));
  reportFailedChecks(failed);
  console.log(`\n${formatServers(engines.servers)}\n${counts.passed} passed, ${counts.failed} failed`);
  return failed.length === 0 && counts.failed === 0 && counts.code === 0 ? 0 : 1;
}

/** Nothing of the developer's own servers reaches a test. */
function testEnvironment(): NodeJS.ProcessEnv {
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...rest } = process.env;
  return toolEnvironment(rest, { NODE_ENV: "test" });
}

async function runVitest(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<TestCounts & { code: number }> {
  const report = join(TEST_FOLDER, "vitest.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { code } = await runTask({
    command: "vitest",
    args: ["run", ...reporters, ...(args.length === 0 ? EVERY_TEST : args)],
    env,
    output: "show",
    pidFile: join(TEST_FOLDER, "run", "vitest.pid"),
  });
  return { ...countTests(readIfThere(report)), code };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
