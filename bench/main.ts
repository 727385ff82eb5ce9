import { parseArgs } from "node:util";
import { type BenchResult, report } from "./report.ts";

/** Every benchmark, loaded when it is asked for. */
const benches: Readonly<Record<string, () => Promise<BenchResult>>> = {
  export: async () => (await import("./export/run.ts")).runExport(),
  ingest: async () => (await import("./ingest/run.ts")).runIngest(),
  rules: async () => (await import("./rules/run.ts")).runRules(),
};

const usage = `Usage: npm run bench -- [name …] [--check]

Measures against the parts used bare and against other libraries, on this machine, in one run.
Prints a table for each benchmark and writes bench/results/<name>.json.

  name      ${Object.keys(benches).join(", ")} (all of them where none is named)
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
  let missed = 0;
  for (const name of names) {
    console.log(`${name} …`);
    const result = await benches[name]?.();
    if (!result) continue;
    await report(result);
    missed += result.targets.filter(({ ok }) => !ok).length;
  }
  if (options.check && missed > 0) process.exitCode = 1;
}

function readArguments(): { names: string[]; check: boolean } | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { check: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
    });
    if (!values.help) return { names: positionals, check: values.check };
    console.log(usage);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exitCode = 2;
  }
  return undefined;
}
