import { afterAll, beforeAll, expect, it } from "vitest";
import type { System } from "../support/system.ts";
import { startFuzzedSystem } from "./fuzzed-system.ts";
import { describeFind, describeSummary } from "./report.ts";
import { runFuzz } from "./run-fuzz.ts";
import { restTargets, trpcTargets } from "./targets.ts";

/** The same requests each time, unless FUZZ_SEED says others: what fails here was caused by the last change. */
const seed = Number(process.env["FUZZ_SEED"] ?? 20_261_201);

/**
 * How long it asks, beside other tests: longer runs are for `npm run fuzz`. The rounds that fit vary with the machine; the
 * first one is always whole. Milliseconds.
 */
const forMs = 40_000;

/** How many requests each route and procedure is asked in a row: fewer than in longer runs, since other tests run beside. */
const inARow = 8;

let system: System;

beforeAll(async () => {
  system = await startFuzzedSystem();
});

afterAll(() => system.close());

it("whatever is sent to any route or procedure, the answer is as documented and nothing refused is written", async () => {
  const summary = await runFuzz({ system, seed, forMs, inARow });
  console.log(`FUZZ_SEED=${seed}\n${describeSummary(summary)}`);
  expect(summary.finds.map(describeFind), `FUZZ_SEED=${seed}`).toEqual([]);
  const all = [...restTargets(), ...trpcTargets()].map(({ name }) => name);
  expect(all.filter((name) => !summary.asked.has(name))).toEqual([]);
});
