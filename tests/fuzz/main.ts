// Asks the API what it must refuse, for as long as one likes: npm run fuzz -- --minutes 20 --seed 1
import { parseArgs } from "node:util";
import type { DatabaseKind } from "@tocsin/sandbox/engines/engine";
import { databaseKind } from "@tocsin/sandbox/engines/engine-option";
import { startOwnEngines } from "../support/own-engines.ts";
import { startFuzzedSystem } from "./fuzzed-system.ts";
import { describeFind, describeProgress, describeSummary } from "./report.ts";
import { runFuzz } from "./run-fuzz.ts";

const usage = `Usage: npm run fuzz -- [--minutes n] [--seed n] [--engine mysql|mariadb]

Starts the whole system on engines of its own and asks every REST route and every tRPC procedure, as a stranger, an
Operator, a RuleManager, an Admin and an API key, with inputs of which one or two things were changed: fields, headers,
encodings, paths, methods, queries, batches; and sends bytes that are no HTTP. An answer is wrong if it is a server
error, is not as the OpenAPI document says, shows how the server is made, or asks for more before it asks who calls; and
if a refused request has written. Every kind of wrong answer is printed once, with the smallest request seen to cause it.

  --minutes  how long (1); every route and procedure is asked even so
  --seed     repeats the requests of another run; without it one is drawn and printed
  --engine   the database server; without it what is on PATH, MySQL before MariaDB; else MariaDB
  --help     this text

Ends with 1 where an answer was wrong, or took longer than a second twice in a row.`;

await main();

async function main(): Promise<void> {
  const read = readArguments();
  if (!read) return;
  const { minutes, seed, engine } = read;
  console.log(`Seed ${seed}, ${minutes} minutes`);
  const engines = await startOwnEngines(engine);
  const system = await startFuzzedSystem(engines);
  try {
    const startedAt = performance.now();
    const summary = await runFuzz({
      ...{ system, seed, forMs: minutes * 60_000 },
      onFind: (find) => console.log(describeFind(find)),
      onProgress: (so) => console.log(describeProgress(so, (performance.now() - startedAt) / 1000)),
    });
    console.log(`\n${describeSummary(summary)}`);
    if (summary.finds.length > 0) console.log(`\n${system.api().logs().slice(-20_000)}`);
    if (summary.finds.length > 0 || summary.slow.length > 0) process.exitCode = 1;
  } finally {
    await system.close();
  }
}

interface Arguments {
  minutes: number;
  seed: number;
  engine: DatabaseKind | undefined;
}

function readArguments(): Arguments | undefined {
  try {
    const { values } = parseArgs({
      options: {
        minutes: { type: "string", default: "1" },
        seed: { type: "string" },
        engine: { type: "string" },
        help: { type: "boolean", default: false },
      },
    });
    if (values.help) {
      console.log(usage);
      return undefined;
    }
    const minutes = Number(values.minutes);
    const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
    if (!(minutes > 0)) throw new Error("--minutes must be a number above 0");
    if (!Number.isSafeInteger(seed)) throw new Error("--seed must be a whole number");
    return {
      minutes,
      seed,
      engine: values.engine === undefined ? undefined : databaseKind(values.engine, "--engine"),
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exitCode = 2;
    return undefined;
  }
}
