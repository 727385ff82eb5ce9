import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { BenchOptions } from "./options.ts";
import { type BenchResult, report } from "./report.ts";

/** Every benchmark, loaded when it is asked for. */
const benches: Readonly<Record<string, (options: BenchOptions) => Promise<BenchResult>>> = {
  contention: async (options) => (await import("./contention/run.ts")).runContention(options),
  delivery: async (options) => (await import("./delivery/run.ts")).runDelivery(options),
  export: async () => (await import("./export/run.ts")).runExport(),
  ingest: async (options) => (await import("./ingest/run.ts")).runIngest(options),
  inbox: async (options) => (await import("./inbox/run.ts")).runInbox(options),
  latency: async (options) => (await import("./latency/run.ts")).runLatency(options),
  overload: async (options) => (await import("./overload/run.ts")).runOverload(options),
  pipeline: async (options) => (await import("./pipeline/run.ts")).runPipeline(options),
  growth: async (options) => (await import("./growth/run.ts")).runGrowth(options),
  rules: async () => (await import("./rules/run.ts")).runRules(),
};

/** Short runs vary: this is the least that gives the same figures again. */
const defaultSeconds = 10;

const defaultStored = 5_000_000;

const usage = `Usage: npm run bench -- [name …] [--seconds n] [--stored n] [--check]

Measures against the parts used bare and against other libraries, on this machine, in one run.
Prints a table for each benchmark and writes bench/results/<name>.json.

  name      ${Object.keys(benches).join(", ")} (all of them where none is named)
  --seconds about how long each load lasts (${defaultSeconds}); rules and export do as much as they do
  --stored  how many events growth stores (${defaultStored})
  --check   exit with 1 when a target is missed
  --help    this text`;

await main();

async function main(): Promise<void> {
  const options = readArguments();
  if (!options) return;
  const unknown = options.names.filter((name) => !Object.hasOwn(benches, name));
  if (unknown.length > 0) {
    console.error(`There is no benchmark "${unknown.join('", "')}".\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  const names = options.names.length > 0 ? options.names : Object.keys(benches);
  generateDatabaseClient();
  let missed = 0;
  for (const name of names) {
    console.log(`${name} …`);
    const result = await benches[name]?.(options);
    if (!result) continue;
    await report(result);
    missed += result.targets.filter(({ ok }) => !ok).length;
  }
  if (options.check && missed > 0) process.exitCode = 1;
}

/** Both apps read it: one of another version would fail in the midst of a measurement. */
function generateDatabaseClient(): void {
  const command = join(import.meta.dirname, "../packages/db/src/cli/generate.ts");
  execFileSync(process.execPath, [command], { stdio: ["ignore", "ignore", "inherit"] });
}

function readArguments(): (BenchOptions & { names: string[]; check: boolean }) | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        check: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
        seconds: { type: "string", default: String(defaultSeconds) },
        stored: { type: "string", default: String(defaultStored) },
      },
    });
    const [seconds, stored] = [Number(values.seconds), Number(values.stored)];
    if (!(seconds >= 1)) throw new Error("--seconds must be a number from 1");
    if (!(stored >= 100_000)) throw new Error("--stored must be a number from 100000");
    if (!values.help) return { names: positionals, check: values.check, seconds, stored };
    console.log(usage);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exitCode = 2;
  }
  return undefined;
}
