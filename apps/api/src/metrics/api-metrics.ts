import type { Pool } from "@tocsin/db/pool";
import { addPoolMetrics, createMetricsRegistry } from "@tocsin/platform/metrics";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** What the API measures of itself. */
export interface ApiMetrics {
  registry: Registry;
  /** How long answers took, by method, route and status; seconds. For `POST /api/v1/events`: until the commit. */
  requests: Histogram<"method" | "route" | "status">;
  /** Refused requests, and refused calls of tRPC, by route and code. */
  refusals: Counter<"route" | "code">;
  /** Connections, and requests that were no HTTP, which no route has seen; by what was wrong. */
  badConnections: Counter<"reason">;
  /** Requests with X-Forwarded-For where no proxy is trusted. */
  unknownProxies: Counter;
}

/** The API's metrics: requests, connections, and Node.js itself. */
export function createApiMetrics(pool: Pick<Pool, "usage">): ApiMetrics {
  const registry = createMetricsRegistry("api");
  addPoolMetrics(registry, () => pool.usage());
  return {
    registry,
    refusals: new Counter({
      name: "tocsin_http_refusals_total",
      help: "Requests, and calls of tRPC, that were refused",
      labelNames: ["route", "code"],
      registers: [registry],
    }),
    badConnections: new Counter({
      name: "tocsin_http_bad_connections_total",
      help: "Connections that were closed because there were too many, or what came was no HTTP or came too slowly",
      labelNames: ["reason"],
      registers: [registry],
    }),
    unknownProxies: new Counter({
      name: "tocsin_http_unknown_proxy_requests_total",
      help: "Requests with X-Forwarded-For while TRUST_PROXY is 0: behind a proxy all its clients count as one address",
      registers: [registry],
    }),
    requests: new Histogram({
      name: "tocsin_http_request_duration_seconds",
      help: "How long answers took, until they were sent",
      labelNames: ["method", "route", "status"],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [registry],
    }),
  };
}

/** Adds how many events wait to be stored; asked whenever the metrics are read. */
export function addIntakeMetrics(registry: Registry, intake: { waiting: () => number }): void {
  const waiting = new Gauge({
    name: "tocsin_events_waiting",
    help: "Events that wait in this process to be stored; at EVENT_BACKLOG_LIMIT new ones are refused",
    registers: [registry],
    collect() {
      waiting.set(intake.waiting());
    },
  });
}

/** Adds how many bytes are held for bodies under way; asked whenever the metrics are read. */
export function addBodyMetrics(registry: Registry, bodies: { held: () => number }): void {
  const held = new Gauge({
    name: "tocsin_http_body_bytes",
    help: "Bytes held for the bodies of requests under way",
    registers: [registry],
    collect() {
      held.set(bodies.held());
    },
  });
}
