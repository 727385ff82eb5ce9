import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { restRoutes, type RestRoute } from "../../../apps/api/src/rest/routes.ts";
import { v1Router } from "../../../apps/api/src/routers/v1.ts";
import { createTestApp, type TestApp } from "../../../apps/api/src/testing/test-app.ts";

/** An answer with its body read. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body as JSON; empty where it is none. */
  body: Record<string, unknown>;
}

export interface Request {
  token?: string | undefined;
  /** An object is sent as JSON, a text as it stands. */
  body?: object | string;
  headers?: Readonly<Record<string, string>>;
}

/** The application behind a port of its own, as clients see it. */
export interface ServedApp extends TestApp {
  /** Where it listens: http://127.0.0.1:4711 */
  url: string;
  call(method: string, path: string, request?: Request): Promise<Answer>;
}

/** Every route of REST, from the same source as the document. */
export const routes: (RestRoute & { name: string })[] = restRoutes(v1Router).map((route) => ({
  ...route,
  name: `${route.method} ${route.path}`,
}));

/** Serves the application over new services, or over some that are given. */
export async function serveApp(...given: Parameters<typeof createTestApp>): Promise<ServedApp> {
  const testApp = await createTestApp(...given);
  const server = createServer(testApp.app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  return {
    ...testApp,
    url,
    async call(method, path, { token, body, headers } = {}) {
      const response = await fetch(`${url}${path}`, {
        method,
        headers: {
          ...(body !== undefined && { "content-type": "application/json" }),
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, body: parsed(text) };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await testApp.close();
    },
  };
}

function parsed(text: string): Record<string, unknown> {
  return text.startsWith("{") ? (JSON.parse(text) as Record<string, unknown>) : {};
}
