import type { BatchResult } from "@tocsin/core/pipeline/process-batch";
import type { Channel } from "@tocsin/core/delivery/channel";
import type { MeasureDelivery } from "@tocsin/core/delivery/measure-delivery";
import { readStreamState } from "@tocsin/core/system/read-stream-state";
import type { Pool } from "@tocsin/db/pool";
import { addCountMetric, addPoolMetrics, createMetricsRegistry } from "@tocsin/platform/metrics";
import { exceededLimits } from "@tocsin/core/rules/exceeded-limits";
import { countJobs } from "@tocsin/platform/queues";
import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { LimitedChannel } from "../channels/limited-channel.ts";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { addAuditMetrics, type AuditMetrics } from "./audit-metrics.ts";

/** What the worker measures. */
export interface WorkerMetrics extends AuditMetrics {
  registry: Registry;
  /** A batch of the stream was committed. */
  batchProcessed(batch: { events: number; seconds: number; decisions: BatchResult["decisions"] }): void;
  /** A provider took an alert. */
  delivered: MeasureDelivery;
  /** A provider refused so many messages because of our credentials or settings. */
  refused(channel: Channel["name"], messages: number): void;
  /** Inboxes were held against their copies. */
  inboxesReconciled(inboxes: { checked: number; mended: number }): void;
}

/** The worker's metrics: what it did, what waits for it, and Node.js itself. */
export function createWorkerMetrics(parts: {
  pool: Pool;
  redis: Redis;
  queues: readonly Queue[];
  channels: readonly LimitedChannel[];
}): WorkerMetrics {
  const registry = createMetricsRegistry("worker");
  const registers = [registry];
  addPoolMetrics(registry, () => parts.pool.usage());
  addCountMetric(registry, exceededLimits);
  addStreamMetrics(registry, parts.redis);
  addQueueMetrics(registry, parts.queues);
  const events = new Counter({
    name: "tocsin_events_processed_total",
    help: "Stream entries dealt with; one that came again, after a crash or a retry, is counted again",
    registers,
  });
  const batches = new Histogram({
    name: "tocsin_batch_duration_seconds",
    help: "How long a batch of the stream took, until its commit",
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  const decisions = new Counter({
    name: "tocsin_decisions_total",
    help: "Rules that matched an event, by what was decided and why",
    labelNames: ["outcome", "reason"],
    registers,
  });
  const deliveries = new Histogram({
    name: "tocsin_delivery_seconds",
    help: "How long after its making an alert was taken by a provider",
    labelNames: ["channel"],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600],
    registers,
  });
  addChannelMetrics(registry, parts.channels);
  const refusals = new Counter({
    name: "tocsin_channel_refusals_total",
    help: "Messages that a provider refused because of our credentials or settings; they are tried again",
    labelNames: ["channel"],
    registers,
  });
  // From the start on, so that the first one is an increase.
  for (const { name } of parts.channels) refusals.inc({ channel: name }, 0);
  const inboxes = new Counter({
    name: "tocsin_inboxes_reconciled_total",
    help: "Inboxes whose counts were held against their copies; mended: they differed, which should never be",
    labelNames: ["result"],
    registers,
  });
  return {
    registry,
    ...addAuditMetrics(registry),
    batchProcessed(batch) {
      events.inc(batch.events);
      batches.observe(batch.seconds);
      for (const { outcome, reason } of batch.decisions) decisions.inc({ outcome, reason });
    },
    delivered: (channel, seconds) => deliveries.observe({ channel }, seconds),
    refused: (channel, messages) => refusals.inc({ channel }, messages),
    inboxesReconciled({ checked, mended }) {
      inboxes.inc({ result: "right" }, checked - mended);
      inboxes.inc({ result: "mended" }, mended);
    },
  };
}

/** What cannot be read is missing: an old value, or 0, would say that all is well. */
function addStreamMetrics(registry: Registry, redis: Redis): void {
  const read = shareWhileUnderWay(() => readStreamState(redis));
  const entries = new Gauge({
    name: "tocsin_stream_entries",
    help: "Entries in the event stream; lag: no worker had them yet; pending: a worker has them; missing while Redis is away",
    labelNames: ["state"],
    registers: [registry],
    async collect() {
      const state = await read();
      entries.reset();
      if (!state) return;
      entries.set({ state: "all" }, state.length);
      entries.set({ state: "lag" }, state.lag);
      entries.set({ state: "pending" }, state.pending);
    },
  });
  const oldest = new Gauge({
    name: "tocsin_stream_oldest_seconds",
    help: "How long ago the oldest entry was added; missing while Redis is away",
    registers: [registry],
    async collect() {
      const state = await read();
      if (state) oldest.set(state.oldestSeconds);
      else oldest.remove();
    },
  });
}

/** Metrics that are read at the same time ask once. Null where it fails: the other metrics are wanted all the more. */
function shareWhileUnderWay<Result>(ask: () => Promise<Result>): () => Promise<Result | null> {
  let underWay: Promise<Result | null> | null = null;
  return () => {
    underWay ??= ask()
      .catch(() => null)
      .finally(() => (underWay = null));
    return underWay;
  };
}

function addChannelMetrics(registry: Registry, channels: readonly LimitedChannel[]): void {
  const paused = new Gauge({
    name: "tocsin_channel_paused",
    help: "1 while a provider that did not answer is left alone",
    labelNames: ["channel"],
    registers: [registry],
    collect() {
      for (const channel of channels) paused.set({ channel: channel.name }, channel.isPaused() ? 1 : 0);
    },
  });
}

function addQueueMetrics(registry: Registry, queues: readonly Queue[]): void {
  const jobs = new Gauge({
    name: "tocsin_queue_jobs",
    help: "Jobs of each queue, by state; missing while Redis is away",
    labelNames: ["queue", "state"],
    registers: [registry],
    async collect() {
      const counts = await countJobs(queues).catch(() => []);
      jobs.reset();
      // Failed ones are not among them: jobs are removed when they fail.
      for (const { name, waiting, active, delayed } of counts) {
        jobs.set({ queue: name, state: "waiting" }, waiting);
        jobs.set({ queue: name, state: "active" }, active);
        jobs.set({ queue: name, state: "delayed" }, delayed);
      }
    },
  });
}
