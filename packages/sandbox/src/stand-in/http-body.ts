import type { IncomingMessage } from "node:http";
import { HttpError } from "./http-error.ts";

/** Ten events of the largest size, JSON inside JSON, fit well. Bytes. */
const MAXIMUM_BODY_BYTES = 1_000_000;

/**
 * Reads a request's body.
 *
 * @throws HttpError 413 when it is too large.
 */
export async function readBody(
  request: IncomingMessage,
  maximumBytes: number = MAXIMUM_BODY_BYTES,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maximumBytes) throw new HttpError(413, `The body is larger than ${maximumBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
