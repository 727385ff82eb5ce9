import { createServer, type Server } from "node:http";

/** What the health server tells. */
export interface HealthSource {
  /** Whether the worker can do its work: MySQL and Redis answer, and it is not stopping. */
  isReady: () => Promise<boolean>;
}

/** Serves `GET /health` (the process answers) and `GET /ready` (it can work), for whatever watches the process. */
export async function startHealthServer(
  { host, port }: { host: string; port: number },
  source: HealthSource,
): Promise<Server> {
  const server = createServer((request, response) => {
    void answer(request.url ?? "", source).then(({ status, body }) => {
      response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store" });
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return server;
}

async function answer(
  path: string,
  source: HealthSource,
): Promise<{ status: number; body: { status: string } }> {
  if (path === "/health") return { status: 200, body: { status: "ok" } };
  if (path !== "/ready") return { status: 404, body: { status: "not_found" } };
  const isReady = await source.isReady().catch(() => false);
  return isReady
    ? { status: 200, body: { status: "ready" } }
    : { status: 503, body: { status: "not_ready" } };
}
