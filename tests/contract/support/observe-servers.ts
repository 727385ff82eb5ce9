import { type IncomingMessage, Server, type ServerResponse } from "node:http";
import type { Exchange } from "./exchange.ts";

/** The signatures of Node's `write` and `end`, as far as they matter here. */
type Send = (chunk?: unknown, ...rest: unknown[]) => unknown;

/**
 * Shows every exchange of every HTTP server of this process just before the last byte of the answer goes out: no
 * request can be made that goes past, whatever makes it.
 */
export function observeServers(onExchange: (exchange: Exchange) => void): void {
  // oxlint-disable-next-line typescript/unbound-method -- called with the server as `this` below
  const emit = Server.prototype.emit;
  Server.prototype.emit = function observed(this: Server, name: string | symbol, ...values: unknown[]) {
    if (name === "request") observe(values[0] as IncomingMessage, values[1] as ServerResponse, onExchange);
    return Reflect.apply(emit, this, [name, ...values]) as boolean;
  } as typeof emit;
}

function observe(
  request: IncomingMessage,
  response: ServerResponse,
  onExchange: (exchange: Exchange) => void,
): void {
  // A router changes it on the way.
  const { url = "" } = request;
  const [sent, received]: [Buffer[], Buffer[]] = [[], []];
  const push = request.push.bind(request);
  request.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (Buffer.isBuffer(chunk)) sent.push(Buffer.from(chunk));
    return push(chunk, encoding);
  };
  const write = response.write.bind(response) as Send;
  const end = response.end.bind(response) as Send;
  let isEnding = false;
  response.write = ((chunk: unknown, ...rest: unknown[]) => {
    if (!isEnding) keep(received, chunk);
    return write(chunk, ...rest);
  }) as ServerResponse["write"];
  response.end = ((...values: unknown[]) => {
    if (!isEnding) {
      isEnding = true;
      keep(received, values[0]);
      onExchange({
        method: request.method ?? "",
        url,
        requestHeaders: request.headers,
        requestBody: Buffer.concat(sent),
        status: response.statusCode,
        headers: response.getHeaders(),
        body: Buffer.concat(received),
      });
    }
    return end(...values);
  }) as ServerResponse["end"];
}

function keep(chunks: Buffer[], chunk: unknown): void {
  if (typeof chunk === "string") chunks.push(Buffer.from(chunk));
  else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
}
