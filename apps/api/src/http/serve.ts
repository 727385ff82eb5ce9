import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Duplex } from "node:stream";
import { describeError, DomainError, type Problem } from "@tocsin/contracts/errors";
import { newId } from "@tocsin/db/ids";
import { noteAwaited } from "./awaited-bodies.ts";

/** How long a whole request, and its headers alone, may take to arrive. Milliseconds. */
const requestTimeout = 30_000;
const headersTimeout = 10_000;

/** How often requests are looked for that take longer. Milliseconds. */
const connectionsCheckingInterval = 1000;

/** Longer than load balancers keep their connections: they are to close first. Milliseconds. */
const keepAliveTimeout = 65_000;

/** How often connections are looked at that became idle while stopping. Milliseconds. */
const sweepEvery = 50;

/** What came and was no request. */
export type BadConnection = "too many" | "timeout" | "headers too large" | "malformed";

export interface ServeOptions {
  port: number;
  host: string;
  /** Told of each connection that no handler has seen. */
  onBadConnection?: (reason: BadConnection, requestId: string) => void;
  /** The most connections at once; a new one beyond it is closed. Undefined: any number. */
  maxConnections?: number;
  headersTimeout?: number;
}

/** Starts serving. @throws Error where the port is taken or not allowed */
export async function serve(listener: RequestListener, options: ServeOptions): Promise<Server> {
  const { port, host, onBadConnection = () => {} } = options;
  const times = { requestTimeout, headersTimeout, keepAliveTimeout, connectionsCheckingInterval };
  const server = createServer({ ...times, headersTimeout: options.headersTimeout ?? headersTimeout });
  const answers = new WeakMap<Duplex, ServerResponse>();
  const listen = (request: IncomingMessage, response: ServerResponse) => {
    answers.set(request.socket, response);
    listener(request, response);
  };
  server.on("request", listen);
  // The body is asked for once it is known that it will be read.
  server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
    noteAwaited(request);
    listen(request, response);
  });
  // Other expectations may be ignored: RFC 9110, section 10.1.1.
  server.on("checkExpectation", listen);
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    const requestId = newId();
    if (error.code !== "ECONNRESET") onBadConnection(reasonOf(error), requestId);
    refuse(error, socket, { answer: answers.get(socket), requestId });
  });
  if (options.maxConnections !== undefined) server.maxConnections = options.maxConnections;
  server.on("drop", () => onBadConnection("too many", newId()));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return server;
}

function reasonOf({ code }: NodeJS.ErrnoException): Exclude<BadConnection, "too many"> {
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return "timeout";
  return code === "HPE_HEADER_OVERFLOW" ? "headers too large" : "malformed";
}

const refusals = {
  timeout: new DomainError("REQUEST_TIMEOUT"),
  "headers too large": new DomainError("HEADERS_TOO_LARGE"),
  malformed: new DomainError("VALIDATION_FAILED", { detail: "This is no HTTP request" }),
} as const;

/** What Node.js tells of bytes that are no request. */
type ClientError = NodeJS.ErrnoException & { rawPacket?: Buffer };

/** Answers what no handler can: there is no request. */
function refuse(
  error: ClientError,
  socket: Duplex,
  { answer, requestId }: { answer: ServerResponse | undefined; requestId: string },
): void {
  const isAnswering = answer?.headersSent === true && !answer.writableFinished;
  if (error.code === "ECONNRESET" || !socket.writable || isAnswering) {
    socket.destroy();
    return;
  }
  const told = refusals[reasonOf(error)];
  const body = JSON.stringify({ ...describeError(told), instance: "", requestId } satisfies Problem);
  socket.end(
    [
      `HTTP/1.1 ${told.status} ${STATUS_CODES[told.status] ?? ""}`,
      "Content-Type: application/problem+json; charset=utf-8",
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Request-Id: ${requestId}`,
      "Connection: close",
      "",
      isHead(error) ? "" : body,
    ].join("\r\n"),
  );
}

/** Answers to HEAD have no body, whatever was wrong: RFC 9110, section 9.3.2. */
function isHead({ rawPacket }: ClientError): boolean {
  return rawPacket?.subarray(0, 5).toString("latin1") === "HEAD ";
}

/** Takes no new connection, answers what is under way, and closes each connection as soon as it is idle. */
export async function stopServing(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  const sweeping = setInterval(() => server.closeIdleConnections(), sweepEvery);
  await closed;
  clearInterval(sweeping);
}
