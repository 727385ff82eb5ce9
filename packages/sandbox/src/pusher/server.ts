import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ConsoleFiles } from "../console/console-files.ts";
import { createChannels } from "./channels.ts";
import { answerControl, CONTROL_PREFIX } from "../stand-in/control.ts";
import { createFaults, type Faults } from "../stand-in/faults.ts";
import { PUSHER_FAULT_KINDS, type PusherFaultKind } from "./faults.ts";
import { readBody } from "../stand-in/http-body.ts";
import { HttpError } from "../stand-in/http-error.ts";
import { closing } from "../stand-in/closing.ts";
import { listen } from "../stand-in/listen.ts";
import { createLatency, type Latency } from "../stand-in/latency.ts";
import { createRequestLog } from "../stand-in/request-log.ts";
import type { LoggedRequest } from "./logged-request.ts";
import { splitTarget } from "./request-target.ts";
import { createRestApi } from "./rest-api.ts";
import { createWebhooks } from "./webhooks.ts";
import { createWebSocketApi } from "./websocket.ts";

export interface PusherServerOptions {
  appId: string;
  key: string;
  secret: string;
  /** The address to listen on; 127.0.0.1 unless told. */
  host?: string;
  /** 0 takes any free one. */
  port?: number;
  /** Where webhooks go; none are sent without. */
  webhookUrl?: string;
  /** How long a channel must stay empty before channel_vacated is sent (ms); 3,000 as with Pusher unless told. */
  vacatedDelayMs?: number;
  /** The pause before a refused webhook is sent again (ms); it doubles each time. */
  webhookRetryDelayMs?: number;
  /** The web console; there is none without. */
  consoleFiles?: ConsoleFiles;
}

/** A running stand-in for Pusher Channels. */
export interface PusherServer {
  readonly port: number;
  /** The last calls to the HTTP API, oldest first. */
  readonly requests: readonly LoggedRequest[];
  /** Makes the next calls to the HTTP API fail. */
  readonly faults: Faults<PusherFaultKind>;
  /** How slow its HTTP API is. */
  readonly latency: Latency;
  /** Cuts all WebSocket connections without a word and says how many there were. */
  dropConnections(): number;
  /** Stops listening and ends all connections. */
  close(): Promise<void>;
}

type Answer = { status: number; body: string; type?: string } | "hang" | "drop";

/**
 * Starts a server that speaks Pusher's HTTP API and WebSocket protocol 7, so that the real SDKs run unmodified.
 *
 * @throws UserError when the port is taken.
 */
export async function startPusherServer(options: PusherServerOptions): Promise<PusherServer> {
  const { appId, key, secret } = options;
  const credentials = { key, secret };
  const webhooks = createWebhooks({
    url: options.webhookUrl,
    credentials,
    ...(options.vacatedDelayMs !== undefined && { vacatedDelayMs: options.vacatedDelayMs }),
    ...(options.webhookRetryDelayMs !== undefined && { retryDelayMs: options.webhookRetryDelayMs }),
  });
  const channels = createChannels((event) => webhooks.notify(event));
  const sockets = createWebSocketApi({ credentials, channels });
  const faults = createFaults<PusherFaultKind>();
  const latency = createLatency();
  const requests = createRequestLog<LoggedRequest>(2_000);
  const dropConnections = () => sockets.drop();
  const terminateUserConnections = (userId: string) => sockets.terminateUserConnections(userId);
  const callRest = createRestApi({ appId, credentials, channels, terminateUserConnections });
  const control = {
    ...{ kinds: PUSHER_FAULT_KINDS, faults, latency, logs: { requests } },
    // Cuts all WebSocket connections without a word.
    orders: { "POST connections/drop": () => ({ dropped: dropConnections() }) },
  };

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const { method = "GET" } = request;
    const { path, query } = splitTarget(request.url);
    if (path === "/health") return { status: 200, body: '{"status":"ok"}' };
    const file = method === "GET" ? options.consoleFiles?.(path) : undefined;
    if (file !== undefined) return { status: 200, ...file };
    const body = await readBody(request);
    if (path.startsWith(CONTROL_PREFIX)) return attempt(() => answerControl(control, { method, path, body }));
    if (!path.startsWith("/apps/")) return { status: 404, body: "Not found" };
    const fault = faults.take();
    return latency.around(() => {
      const result =
        fault === undefined ? attempt(() => callRest({ method, path, query, body })) : answerFault(fault);
      const status = typeof result === "string" ? null : result.status;
      requests.add({ at: new Date().toISOString(), method, path, body: body.toString("utf8"), status });
      return result;
    });
  };

  const server = createServer((request, response) => {
    answer(request).then(
      (result) => respond(response, result),
      (error: unknown) => respond(response, describeError(error)),
    );
  });
  server.on("upgrade", (request, socket, head) => sockets.upgrade(request, socket, head));
  const close = closing(server);
  const port = await listen(server, options.port ?? 0, options.host ?? "127.0.0.1");

  return {
    port,
    get requests() {
      return requests.list();
    },
    faults,
    latency,
    dropConnections,
    async close() {
      webhooks.close();
      await sockets.close();
      await close();
    },
  };
}

function attempt(call: () => unknown): Answer {
  try {
    return { status: 200, body: JSON.stringify(call()) };
  } catch (error) {
    return describeError(error);
  }
}

function describeError(error: unknown): Answer {
  if (error instanceof HttpError) return { status: error.status, body: error.message };
  console.error(error);
  return { status: 500, body: "Internal error" };
}

function answerFault(kind: PusherFaultKind): Answer {
  return kind === "hang" || kind === "drop" ? kind : { status: Number(kind), body: "Failed as ordered" };
}

function respond(response: ServerResponse, answer: Answer): void {
  if (answer === "hang") return;
  if (answer === "drop") {
    response.destroy();
    return;
  }
  const type = answer.type ?? (answer.status === 200 ? "application/json" : "text/plain; charset=utf-8");
  response.writeHead(answer.status, { "Content-Type": type }).end(answer.body);
}
