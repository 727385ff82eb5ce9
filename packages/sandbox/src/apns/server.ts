import {
  createSecureServer,
  type Http2SecureServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { createFaults, type Faults } from "../stand-in/faults.ts";
import { HttpError } from "../stand-in/http-error.ts";
import { createLatency, type Latency } from "../stand-in/latency.ts";
import { createRequestLog } from "../stand-in/request-log.ts";
import { closing } from "../stand-in/closing.ts";
import { listen } from "../stand-in/listen.ts";
import type { Certificate } from "../push/localhost-certificate.ts";
import type { LoggedPush } from "../push/logged-push.ts";
import { answerControl, CONTROL_PREFIX } from "../stand-in/control.ts";
import { pushControl, type PushState } from "../push/push-control.ts";
import { ApnsError, orderedError } from "./apns-error.ts";
import { APNS_FAULT_KINDS, type ApnsFaultKind } from "./faults.ts";
import type { ApnsSettings } from "./provider-token.ts";
import { type ApnsPush, readPush } from "./read-push.ts";

export interface ApnsServerOptions extends ApnsSettings {
  certificate: Certificate;
  /** 0 takes any free one. */
  port?: number;
}

/** A running stand-in for the Apple Push Notification service. */
export interface ApnsServer {
  readonly port: number;
  /** The last push notifications, oldest first; those that were refused too. */
  readonly pushes: readonly LoggedPush[];
  readonly faults: Faults<ApnsFaultKind>;
  /** How every call to a token fails. */
  readonly tokenFaults: Map<string, ApnsFaultKind>;
  /** How slow it is. */
  readonly latency: Latency;
  /** How many connections were opened so far. */
  readonly sessions: number;
  close(): Promise<void>;
}

/** A trickle brings one byte in so many milliseconds. */
const dripMs = 1_000;

/**
 * Starts a server that speaks APNs' provider API over HTTP/2, so that the real SDK runs unmodified.
 *
 * @throws UserError when the port is taken.
 */
export async function startApnsServer(options: ApnsServerOptions): Promise<ApnsServer> {
  const faults = createFaults<ApnsFaultKind>();
  const tokenFaults = new Map<string, ApnsFaultKind>();
  const pushes = createRequestLog<LoggedPush>(10_000);
  const latency = createLatency();
  const state = { kinds: APNS_FAULT_KINDS, faults, tokenFaults, latency, pushes };
  const control = pushControl(state);
  let sessions = 0;

  async function answer(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    payload: Buffer,
  ): Promise<void> {
    // Whoever asked may be gone by now.
    if (stream.destroyed || stream.closed) return;
    try {
      const path = headers[":path"] ?? "/";
      if (path.startsWith(CONTROL_PREFIX)) {
        const answered = answerControl(control, { method: headers[":method"] ?? "GET", path, body: payload });
        stream.respond({ ":status": 200, "content-type": "application/json" });
        stream.end(JSON.stringify(answered));
        return;
      }
      const push = readPush(options, headers, payload);
      const fault = await latency.around(() => takePush(state, push));
      if (!stream.destroyed) answerPush(stream, push, fault);
    } catch (error) {
      refuse(stream, error);
    }
  }

  const { cert, key } = options.certificate;
  const server: Http2SecureServer = createSecureServer({ cert, key });
  server.on("session", (session) => {
    sessions += 1;
    session.on("error", () => undefined);
  });
  server.on("stream", (stream, headers) => {
    const parts: Buffer[] = [];
    stream.on("data", (part: Buffer) => parts.push(part));
    stream.on("end", () => void answer(stream, headers, Buffer.concat(parts)));
    stream.on("error", () => undefined);
  });
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
    get sessions() {
      return sessions;
    },
    close,
  };
}

/** @returns how its call is to fail */
function takePush(
  { faults, tokenFaults, pushes }: PushState<ApnsFaultKind>,
  { token, id, body }: ApnsPush,
): ApnsFaultKind | undefined {
  const fault = tokenFaults.get(token) ?? faults.take();
  const error = fault && isAnswered(fault) ? orderedError(fault) : undefined;
  const status = fault === undefined ? 200 : (error?.status ?? null);
  pushes.add({ at: new Date().toISOString(), token, id: id === "" ? null : id, body, status });
  return fault;
}

function answerPush(stream: ServerHttp2Stream, { id }: ApnsPush, fault: ApnsFaultKind | undefined): void {
  if (fault && isAnswered(fault)) throw orderedError(fault);
  switch (fault) {
    case "hang":
      return;
    case "drip":
      drip(stream);
      return;
    case "drop":
      stream.close();
      return;
    case "goaway":
      stream.session?.goaway();
      stream.session?.destroy();
      return;
    default:
      stream.respond({ ":status": 200, "apns-id": id });
      stream.end();
  }
}

type Answered = Parameters<typeof orderedError>[0];

function isAnswered(kind: ApnsFaultKind): kind is Answered {
  return !["hang", "drip", "drop", "goaway"].includes(kind);
}

function refuse(stream: ServerHttp2Stream, error: unknown): void {
  if (!(error instanceof ApnsError) && !(error instanceof HttpError)) console.error(error);
  const known =
    error instanceof ApnsError
      ? error
      : new ApnsError(error instanceof HttpError ? error.status : 500, "InternalServerError");
  const { status, reason, timestamp } = known;
  stream.respond({ ":status": status, "content-type": "application/json" });
  stream.end(JSON.stringify({ reason, ...(timestamp !== undefined && { timestamp }) }));
}

/** An answer that begins and never ends. */
function drip(stream: ServerHttp2Stream): void {
  stream.respond({ ":status": 200 });
  const timer = setInterval(() => stream.write(" "), dripMs);
  stream.once("close", () => clearInterval(timer));
}
