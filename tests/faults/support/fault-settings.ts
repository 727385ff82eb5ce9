import { createRandom, type Random } from "../../../bench/random.ts";

/** What a fault test is told by the environment: FAULT_SEED repeats a run, FAULT_EVENTS makes it shorter or longer. */
export function faultSettings(defaults: { events: number }): {
  seed: number;
  events: number;
  random: Random;
} {
  const seed = Number(process.env["FAULT_SEED"] ?? Math.trunc(Math.random() * 1_000_000));
  const events = Number(process.env["FAULT_EVENTS"] ?? defaults.events);
  return { seed, events, random: createRandom(seed) };
}
