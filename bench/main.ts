import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { chooseDatabase } from "@tocsin/sandbox/engines/choose-database";
import type { DatabaseKind } from "@tocsin/sandbox/engines/engine";
import { databaseKind } from "@tocsin/sandbox/engines/engine-option";
import type { BenchOptions, LoadOptions, TurnsOptions } from "./options.ts";
import { type BenchResult, report } from "./report.ts";
import type { DatabaseChoice } from "./system/database-choice.ts";

/** Benchmarks that measure one database server in one run, loaded when they are asked for. */
const onOneDatabase: Readonly<Record<string, (options: BenchOptions) => Promise<BenchResult>>> = {
  contention: async (options) => (await import("./contention/run.ts")).runContention(options),
  cost: async (options) => (await import("./cost/run.ts")).runCost(options),
  delivery: async (options) => (await import("./delivery/run.ts")).runDelivery(options),
  export: async (options) => (await import("./export/run.ts")).runExport(options),
  inbox: async (options) => (await import("./inbox/run.ts")).runInbox(options),
  latency: async (options) => (await import("./latency/run.ts")).runLatency(options),
  overload: async (options) => (await import("./overload/run.ts")).runOverload(options),
  pipeline: async (options) => (await import("./pipeline/run.ts")).runPipeline(options),
  growth: async (options) => (await import("./growth/run.ts")).runGrowth(options),
};

/** Those in which all database servers take turns, and those that need none. */
const inOneRun: Readonly<Record<string, (options: TurnsOptions) => Promise<BenchResult>>> = {
  ingest: async (options) => (await import("./ingest/run.ts")).runIngest(options),
  rules: async () => (await import("./rules/run.ts")).runRules(),
};

const allNames = [...Object.keys(onOneDatabase), ...Object.keys(inOneRun)].toSorted();

/** Short runs vary: this is the least that gives the same figures again. */
const defaultSeconds = 10;

const defaultStored = 5_000_000;
const leastStored = 100_000;

const usage = `Usage: npm run bench -- [name …] [--engine mysql|mariadb|mysql,mariadb] [--binary-log on|off]
                          [--seconds n] [--stored n] [--check]

Measures against the parts used bare and against other libraries, on this machine, in one run, every commit on disk.
Prints a table for each benchmark and writes bench/results/<name>.<engine>.json, which names the version of the engine.

  name          ${allNames.join(", ")} (all of them where none is named)
  --engine      the database server of the system, its floor and its peers. Without it: what is on PATH, MySQL before
                MariaDB; else MariaDB. With both of them ingest lets the two take turns and compares them
                (ingest.mysql.mariadb.json); the others measure one after the other. rules needs none
  --binary-log  on or off; without it as the server ships: on for MySQL, off for MariaDB
  --seconds     about how long each load lasts (${defaultSeconds}); rules and export do as much as they do
  --stored      how many events growth stores (${defaultStored}, at least ${leastStored})
  --check       exit with 1 when a target is missed
  --help        this text`;

await main();

async function main(): Promise<void> {
  const read = readArguments();
  if (!read) return;
  const { names, check, kinds, binaryLog, ...load } = read;
  const engines = kinds.length > 0 ? kinds : [await chooseDatabase(undefined)];
  const databases = engines.map((engine) => ({ engine, ...(binaryLog !== undefined && { binaryLog }) }));
  generateDatabaseClient();
  let missed = 0;
  for (const name of names) {
    for (const run of runsOf(name, databases, load)) {
      const result = await run();
      await report(result);
      missed += result.targets.filter(({ ok }) => !ok).length;
    }
  }
  if (check && missed > 0) process.exitCode = 1;
}

/** The runs that a benchmark takes. */
function runsOf(
  name: string,
  databases: readonly DatabaseChoice[],
  load: LoadOptions,
): (() => Promise<BenchResult>)[] {
  const together = inOneRun[name];
  if (together) {
    return [
      () => {
        console.log(`${name} …`);
        return together({ databases, ...load });
      },
    ];
  }
  return databases.map((database) => async () => {
    console.log(`${name} on ${database.engine} …`);
    const run = onOneDatabase[name];
    if (!run) throw new RangeError(`There is no benchmark "${name}"`);
    return run({ ...database, ...load });
  });
}

/** Both apps read it: one of another version would fail in the midst of a measurement. */
function generateDatabaseClient(): void {
  const command = join(import.meta.dirname, "../packages/db/src/cli/generate.ts");
  execFileSync(process.execPath, [command], { stdio: ["ignore", "ignore", "inherit"] });
}

interface Arguments extends LoadOptions {
  names: readonly string[];
  check: boolean;
  /** Those that `--engine` names; none where it is not given. */
  kinds: readonly DatabaseKind[];
  binaryLog: boolean | undefined;
}

function readArguments(): Arguments | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        engine: { type: "string" },
        "binary-log": { type: "string" },
        check: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
        seconds: { type: "string", default: String(defaultSeconds) },
        stored: { type: "string", default: String(defaultStored) },
      },
    });
    if (values.help) {
      console.log(usage);
      return undefined;
    }
    const [seconds, stored] = [Number(values.seconds), Number(values.stored)];
    if (!(seconds >= 1)) throw new Error("--seconds must be a number from 1");
    if (!(stored >= leastStored)) throw new Error(`--stored must be a number from ${leastStored}`);
    return {
      names: positionals.length > 0 ? positionals.map(knownName) : allNames,
      check: values.check,
      kinds: [...new Set(values.engine?.split(",").map((name) => databaseKind(name, "--engine")))],
      binaryLog: readSwitch(values["binary-log"]),
      ...{ seconds, stored },
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exitCode = 2;
    return undefined;
  }
}

function knownName(name: string): string {
  if (!allNames.includes(name)) throw new Error(`There is no benchmark "${name}"`);
  return name;
}

function readSwitch(text: string | undefined): boolean | undefined {
  if (text === undefined) return undefined;
  if (text !== "on" && text !== "off") throw new Error("--binary-log must be on or off");
  return text === "on";
}
