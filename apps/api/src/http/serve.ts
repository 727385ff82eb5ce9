import { createServer, type RequestListener, type Server } from "node:http";

/** How long a whole request, and its headers alone, may take to arrive. Milliseconds. */
const requestTimeout = 30_000;
const headersTimeout = 10_000;

/** Longer than load balancers keep their connections: they are to close first. Milliseconds. */
const keepAliveTimeout = 65_000;

/** How often connections are looked at that became idle while stopping. Milliseconds. */
const sweepEvery = 50;

/** Starts serving. @throws Error where the port is taken or not allowed */
export async function serve(listener: RequestListener, port: number, host: string): Promise<Server> {
  const server = createServer({ requestTimeout, headersTimeout, keepAliveTimeout }, listener);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return server;
}

/** Takes no new connection, answers what is under way, and closes each connection as soon as it is idle. */
export async function stopServing(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  const sweeping = setInterval(() => server.closeIdleConnections(), sweepEvery);
  await closed;
  clearInterval(sweeping);
}
