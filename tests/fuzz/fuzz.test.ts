import { afterAll, beforeAll, expect, it } from "vitest";
import type { System } from "../support/system.ts";
import { startFuzzedSystem } from "./fuzzed-system.ts";
import { describeFind, describeSummary } from "./report.ts";
import { runFuzz } from "./run-fuzz.ts";
import { restTargets, trpcTargets } from "./targets.ts";

/** The same requests each time: other seeds and longer runs are for `npm run fuzz`. */
const seed = 20_261_201;

/** How long it asks. The rounds that fit vary with the machine; the first one is always whole. Milliseconds. */
const forMs = 40_000;

let system: System;

beforeAll(async () => {
  system = await startFuzzedSystem();
});

afterAll(() => system.close());

it("whatever is sent to any route or procedure, the answer is as documented and nothing refused is written", async () => {
  const summary = await runFuzz({ system, seed, forMs });
  console.log(`Seed ${seed}\n${describeSummary(summary)}`);
  expect(summary.finds.map(describeFind)).toEqual([]);
  const all = [...restTargets(), ...trpcTargets()].map(({ name }) => name);
  expect(all.filter((name) => !summary.asked.has(name))).toEqual([]);
});
