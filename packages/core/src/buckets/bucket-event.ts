import { bucketEventSource, bucketEventTypes } from "@tocsin/contracts/bucket-events";
import type { BucketState } from "@tocsin/db/client";
import { type PreparedEvent, prepareEvent } from "../events/prepare-event.ts";

/** A bucket whose balance has crossed a line since its state was set. */
export interface CrossedBucket {
  id: string;
  name: string;
  currency: string;
  /** Before. */
  state: BucketState;
  /** Decimals. */
  currentBalance: string;
  threshold: string;
  hysteresis: string;
}

/**
 * What is told of a bucket that has crossed: below its threshold there is trouble, and the recovery resolves it. Sums
 * come as numbers, for conditions to compare, and as exact decimals.
 */
export function bucketEvent(bucket: CrossedBucket): PreparedEvent {
  const { id, name, currency, currentBalance, threshold, hysteresis } = bucket;
  const isBreach = bucket.state === "ok";
  return prepareEvent(
    {
      type: isBreach ? bucketEventTypes.belowThreshold : bucketEventTypes.recovered,
      source: bucketEventSource,
      action: isBreach ? "trigger" : "resolve",
      dedupKey: `transfer-bucket:${id}`,
      payload: {
        bucketId: id,
        ...{ name, currency },
        currentBalance: Number(currentBalance),
        currentBalanceDecimal: currentBalance,
        threshold: Number(threshold),
        thresholdDecimal: threshold,
        hysteresis: Number(hysteresis),
        hysteresisDecimal: hysteresis,
      },
    },
    null,
  );
}
