import { timingSafeEqual } from "node:crypto";
import { collectDefaultMetrics, Counter, Gauge, Registry } from "prom-client";
import { countRejections } from "./survive-rejections.ts";
import type { ThreadPool } from "./threads/thread-pool.ts";

/** The metrics of one process, with those of Node.js itself: memory, CPU, garbage collection, event-loop delay. */
export function createMetricsRegistry(service: string): Registry {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  addRejectionMetric(registry);
  return registry;
}

/** Adds how many promises failed that nobody waited for; asked whenever the metrics are read. */
function addRejectionMetric(registry: Registry): void {
  addCountMetric(registry, {
    name: "tocsin_unhandled_rejections_total",
    help: "Promises that failed while nobody waited for them; each is in the log",
    count: countRejections,
  });
}

/** Adds the connections of a pool, by state; asked whenever the metrics are read. */
export function addPoolMetrics(registry: Registry, usage: () => Readonly<Record<string, number>>): void {
  const connections = new Gauge({
    name: "tocsin_database_connections",
    help: "Connections of the pool that are active or idle, and statements that wait for one",
    labelNames: ["state"],
    registers: [registry],
    collect() {
      for (const [state, count] of Object.entries(usage())) connections.set({ state }, count);
    },
  });
}

/** Adds what the threads do, and what became of the tasks they were given; asked whenever the metrics are read. */
export function addThreadMetrics(registry: Registry, threads: Pick<ThreadPool, "usage" | "outcomes">): void {
  const tasks = new Gauge({
    name: "tocsin_thread_tasks",
    help: "Tasks that run in a thread, or wait for one",
    labelNames: ["state"],
    registers: [registry],
    collect() {
      for (const [state, count] of Object.entries(threads.usage())) tasks.set({ state }, count);
    },
  });
  const ended = new Counter({
    name: "tocsin_thread_tasks_total",
    help: "Tasks for threads by their end: done, failed, deadline (stopped: too long or too large), cancelled, refused",
    labelNames: ["task", "outcome"],
    registers: [registry],
    collect() {
      ended.reset();
      for (const { task, outcome, count } of threads.outcomes()) ended.inc({ task, outcome }, count);
    },
  });
}

/** Adds a number that is counted elsewhere and only grows; asked whenever the metrics are read. */
export function addCountMetric(
  registry: Registry,
  { name, help, count }: { name: string; help: string; count: () => number },
): void {
  const counter = new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      counter.reset();
      counter.inc(count());
    },
  });
}

/** Who may read the metrics: whoever has the token; without one everybody, except in production. */
export interface MetricsAccess {
  token: string | undefined;
  isProduction: boolean;
}

/** Who may read the metrics, as the environment says. */
export function metricsAccessOf(env: {
  METRICS_TOKEN?: string | undefined;
  NODE_ENV: string;
}): MetricsAccess {
  return { token: env.METRICS_TOKEN, isProduction: env.NODE_ENV === "production" };
}

/**
 * Whether a request may read the metrics.
 * @param authorization the Authorization header
 * @returns `absent` where there is to be no such route at all
 */
export function judgeMetricsAccess(
  { token, isProduction }: MetricsAccess,
  authorization: string | undefined,
): "granted" | "denied" | "absent" {
  if (token === undefined) return isProduction ? "absent" : "granted";
  return isSame(authorization ?? "", `Bearer ${token}`) ? "granted" : "denied";
}

/** Takes as long for a guess that is nearly right as for one that is not. */
function isSame(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}
