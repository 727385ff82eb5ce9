/** The source of the events that the service sends about itself. */
export const bucketEventSource = "tocsin";

/** What is sent when a transfer bucket's balance crosses a line. Rules name these. */
export const bucketEventTypes = {
  belowThreshold: "bucket.below_threshold",
  /** Resolves the former. */
  recovered: "bucket.recovered",
} as const;
