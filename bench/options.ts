import type { DatabaseChoice } from "./system/database-choice.ts";

/** How long and how large the loads of a benchmark are. */
export interface LoadOptions {
  /** About how long each load lasts. Shorter runs disturb others less and vary more. */
  seconds: number;
  /** How many events growth stores before it measures again. */
  stored: number;
}

/** What the command line may say about a benchmark on one database server. */
export interface BenchOptions extends LoadOptions, DatabaseChoice {}

/** What it may say about one that several database servers take turns in. */
export interface TurnsOptions extends LoadOptions {
  databases: readonly DatabaseChoice[];
}
