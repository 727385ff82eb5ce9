import { createServer, type IncomingMessage, type Server } from "node:http";
import { judgeMetricsAccess, type MetricsAccess } from "@tocsin/platform/metrics";
import type { Registry } from "prom-client";

/** What the health server tells. */
export interface HealthSource {
  /** Whether the worker can do its work: MySQL and Redis answer, and it is not stopping. */
  isReady: () => Promise<boolean>;
  metrics: { registry: Registry; access: MetricsAccess };
}

interface Answer {
  status: number;
  type: string;
  body: string;
}

/**
 * Serves `GET /health` (the process answers), `GET /ready` (it can work) and `GET /metrics` (for Prometheus), for
 * whatever watches the process.
 */
export async function startHealthServer(
  { host, port }: { host: string; port: number },
  source: HealthSource,
): Promise<Server> {
  const server = createServer((request, response) => {
    void answer(request, source).then(({ status, type, body }) => {
      response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
      response.end(body);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return server;
}

async function answer(request: IncomingMessage, source: HealthSource): Promise<Answer> {
  switch (request.url) {
    case "/health":
      return say(200, "ok");
    case "/ready":
      return (await source.isReady().catch(() => false)) ? say(200, "ready") : say(503, "not_ready");
    case "/metrics":
      return metrics(source.metrics, request.headers.authorization);
    default:
      return say(404, "not_found");
  }
}

async function metrics(
  { registry, access }: HealthSource["metrics"],
  authorization: string | undefined,
): Promise<Answer> {
  const judgement = judgeMetricsAccess(access, authorization);
  if (judgement === "absent") return say(404, "not_found");
  if (judgement === "denied") return say(401, "unauthenticated");
  return { status: 200, type: registry.contentType, body: await registry.metrics() };
}

function say(status: number, word: string): Answer {
  return { status, type: "application/json", body: JSON.stringify({ status: word }) };
}
