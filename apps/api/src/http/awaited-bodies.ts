import type { IncomingMessage } from "node:http";

/** Requests whose clients wait for a word before they send the body: RFC 9110, section 10.1.1. */
const awaited = new WeakSet<IncomingMessage>();

/** Notes that the client of a request waits to be asked for its body. */
export function noteAwaited(request: IncomingMessage): void {
  awaited.add(request);
}

/** Whether the client of a request waits to be asked for its body. */
export function isAwaited(request: IncomingMessage): boolean {
  return awaited.has(request);
}
