/** What the command line may say about a benchmark. */
export interface BenchOptions {
  /** About how long each load lasts. Shorter runs disturb others less and vary more. */
  seconds: number;
  /** How many events growth stores before it measures again. */
  stored: number;
}
