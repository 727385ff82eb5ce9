import { runDifferential } from "../testing/differential.ts";

/**
 * Holds random rules against random events three ways (interpreter, matcher, filtrex) and exits with 1 when they
 * disagree. Usage: differential.ts [pairs = 1000000] [seed = 1]
 */
const pairs = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? 1);
if (!Number.isSafeInteger(pairs) || !Number.isSafeInteger(seed) || pairs < 1) {
  console.error("Usage: differential.ts [pairs] [seed], both whole numbers");
  process.exit(2);
}

const started = Date.now();
let announced = 0;
const { truths, disagreements, ...done } = runDifferential(pairs, seed, (count) => {
  if (count < announced + 100_000) return;
  announced = count;
  console.log(`${count} pairs, ${Math.round((Date.now() - started) / 1000)} s`);
});
console.log(
  `seed ${seed}: ${done.pairs} pairs, ${JSON.stringify(truths)}, ${disagreements.length} disagreements`,
);
for (const disagreement of disagreements.slice(0, 10)) console.log(disagreement);
process.exit(disagreements.length === 0 ? 0 : 1);
