import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createFaults, type Faults } from "../stand-in/faults.ts";
import { readBody } from "../stand-in/http-body.ts";
import { HttpError } from "../stand-in/http-error.ts";
import { closing } from "../stand-in/closing.ts";
import { listen } from "../stand-in/listen.ts";
import { createLatency, type Latency } from "../stand-in/latency.ts";
import { createRequestLog } from "../stand-in/request-log.ts";
import type { Certificate } from "../push/localhost-certificate.ts";
import type { LoggedPush } from "../push/logged-push.ts";
import { answerControl, CONTROL_PREFIX } from "../stand-in/control.ts";
import { pushControl } from "../push/push-control.ts";
import { FCM_FAULT_KINDS, type FcmFaultKind } from "./faults.ts";
import { FcmError, orderedErrors } from "./fcm-error.ts";
import { type FcmSettings, readMessage } from "./messages-api.ts";

export interface FcmServerOptions extends FcmSettings {
  certificate: Certificate;
  /** 0 takes any free one. */
  port?: number;
}

/** A running stand-in for Firebase Cloud Messaging. */
export interface FcmServer {
  readonly port: number;
  /** The last push notifications, oldest first; those that were refused too. */
  readonly pushes: readonly LoggedPush[];
  readonly faults: Faults<FcmFaultKind>;
  /** How every call to a token fails. */
  readonly tokenFaults: Map<string, FcmFaultKind>;
  /** How slow it is. */
  readonly latency: Latency;
  close(): Promise<void>;
}

interface Answer {
  status: number;
  body: object;
  retryAfter?: number | null;
}

/** A trickle brings one byte in so many milliseconds. */
const dripMs = 1_000;

/**
 * Starts a server that speaks FCM's v1 API over HTTP/1.1, so that the real SDK runs unmodified.
 *
 * @throws UserError when the port is taken.
 */
export async function startFcmServer(options: FcmServerOptions): Promise<FcmServer> {
  const faults = createFaults<FcmFaultKind>();
  const tokenFaults = new Map<string, FcmFaultKind>();
  const pushes = createRequestLog<LoggedPush>(10_000);
  const latency = createLatency();
  const control = pushControl({ kinds: FCM_FAULT_KINDS, faults, tokenFaults, latency, pushes });
  let sent = 0;

  function send(request: IncomingMessage, body: Buffer): Answer | "hang" | "drip" | "drop" {
    const { method = "GET", url: path = "/", headers } = request;
    const { token, message } = readMessage(options, {
      method,
      path,
      authorization: headers.authorization,
      body,
    });
    const fault = tokenFaults.get(token) ?? faults.take();
    const isSilent = fault === "hang" || fault === "drip" || fault === "drop";
    const error = fault === undefined || isSilent ? undefined : orderedErrors[fault];
    const data = message["data"] as Record<string, string> | undefined;
    pushes.add({
      at: new Date().toISOString(),
      token,
      id: data?.["deliveryId"] ?? null,
      body: message,
      status: isSilent ? null : (error?.status ?? 200),
    });
    if (isSilent) return fault;
    if (error) throw error;
    sent += 1;
    return { status: 200, body: { name: `projects/${options.projectId}/messages/0:${sent}` } };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await readBody(request);
      const { method = "GET", url: path = "/" } = request;
      if (path.startsWith(CONTROL_PREFIX)) {
        respond(response, { status: 200, body: answerControl(control, { method, path, body }) as object });
        return;
      }
      const result = await latency.around(() => send(request, body));
      if (result === "drop") response.destroy();
      else if (result === "drip") drip(response);
      else if (result !== "hang") respond(response, result);
    } catch (error) {
      respond(response, describe(error));
    }
  }

  const server: Server = createServer(
    { cert: options.certificate.cert, key: options.certificate.key },
    (request, response) => void answer(request, response),
  );
  const close = closing(server);
  const port = await listen(server, options.port ?? 0, "127.0.0.1");
  return {
    port,
    get pushes() {
      return pushes.list();
    },
    faults,
    tokenFaults,
    latency,
    close,
  };
}

function describe(error: unknown): Answer {
  if (error instanceof FcmError) {
    return { status: error.status, body: error.toBody(), retryAfter: error.retryAfter };
  }
  if (error instanceof HttpError) return { status: error.status, body: { error: error.message } };
  console.error(error);
  return { status: 500, body: { error: "Internal error" } };
}

function respond(response: ServerResponse, { status, body, retryAfter }: Answer): void {
  response.writeHead(status, {
    "Content-Type": "application/json; charset=UTF-8",
    ...(retryAfter && { "Retry-After": String(retryAfter) }),
  });
  response.end(JSON.stringify(body));
}

/** An answer that begins and never ends. */
function drip(response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "application/json; charset=UTF-8" });
  const timer = setInterval(() => response.write(" "), dripMs);
  response.once("close", () => clearInterval(timer));
}
